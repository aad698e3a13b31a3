"""The command: `python -m tests.page_speed [--slow 4] [--messages 2000]`. Needs the `test` extra and Chromium."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # the tests' small world knows the site's models

from tests.page_speed.measuring import main  # noqa: E402

main()
