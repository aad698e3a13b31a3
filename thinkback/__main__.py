"""The command line: Django's management commands, with `runserver` as the way to serve."""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from thinkback import upgrade

HELP = ("-h", "--help", "--version")
AT_ONCE = ("createsuperuser", "create_token")  # commands that people may give before they serve


def main() -> int:
    """Run one management command; without one, serve."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thinkback.settings")
    arguments = with_data_folder(sys.argv[1:])
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in HELP):
        arguments.insert(0, "runserver")
    try:
        settings.DATA  # noqa: B018  read now, so that a wrong setting is told in one line, whatever the command
    except (ImproperlyConfigured, OSError) as error:
        sys.stderr.write(f"ThinkBack cannot start. {error}\n")
        return 2
    if arguments[0] in AT_ONCE:
        django.setup()
        upgrade.begin()
    execute_from_command_line([sys.argv[0], *arguments])
    return 0


def with_data_folder(arguments: list[str]) -> list[str]:
    """Take `--data DIR` out of any command and put it where the settings look; they are read before the command is."""
    kept = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name == "--data":
            os.environ["THINKBACK_DATA"] = value if equals else next(rest, "")
        else:
            kept.append(argument)
    return kept


if __name__ == "__main__":
    sys.exit(main())
