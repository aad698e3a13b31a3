"""A Python file that the administrator names, run as a module of its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType


def run(path: Path) -> ModuleType:
    """The module that the file is, read anew each time. Raises OSError, and whatever the file raises."""
    module = ModuleType("thinkback_file_" + re.sub(r"\W", "_", str(path)))
    module.__file__ = str(path)
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module  # where its dataclasses look for themselves
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)  # noqa: S102 - that is what it is named for
    except BaseException:
        sys.modules.pop(module.__name__)
        if before is not None:
            sys.modules[module.__name__] = before
        raise
    return module
