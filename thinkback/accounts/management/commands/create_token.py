"""`create_token USERNAME --name NAME`: an API token with all scopes, alone on standard output."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from thinkback.accounts import tokens
from thinkback.accounts.models import SCOPES, User


class Command(BaseCommand):
    """Makes a token for a user and prints it once."""

    help = "Makes an API token with all scopes and prints it, once and alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and what it is called."""
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what the list of tokens calls it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        try:
            user = User.objects.get_by_natural_key(options["username"])
            name = tokens.valid_name(options["name"])
        except User.DoesNotExist:
            raise CommandError(f"There is no user “{options['username']}”.") from None
        except ValidationError as error:
            raise CommandError(error.messages[0]) from None
        if not user.is_active:
            raise CommandError(f"The account of “{user.username}” is switched off.")
        _, text = tokens.make(user, tokens.Wish(name, scopes=tuple(SCOPES)))
        self.stdout.write(text)
