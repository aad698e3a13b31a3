#!/usr/bin/env python
"""Django's command line for ThinkBack; `./run COMMAND` does the same inside its own environment."""

import sys

from thinkback.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
