"""Reading the environment: any value may also stand in the file that NAME_FILE names; errors name the variable."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

from proxy.call import Limits

T = TypeVar("T")


class Environment:
    """The process's variables. Errors hold the name of the variable and what is wrong, never its value."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self.source = FileAwareMapping(os.environ if variables is None else variables, cache=False)

    def text(self, name: str, default: str = "") -> str:
        """A variable's value, or the content of the file that NAME_FILE names, without surrounding space."""
        try:
            value: str = self.source[name]
        except KeyError:
            return default
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ImproperlyConfigured(f"{name}_FILE: the file that it names cannot be read ({reason}).") from None
        return value.strip() or default

    def read(self, name: str, parse: Callable[[str], T], default: str = "") -> T:
        """A variable made into a value by `parse`, whose ValueError says what is wrong with it."""
        try:
            return parse(self.text(name, default))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from None

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """The same, or None where the variable is not set."""
        return self.read(name, parse) if self.text(name) else None

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """One of a few words; the first is the default."""

        def parse(text: str) -> str:
            if text.lower() not in options:
                raise ValueError(f"must be one of {', '.join(options)}.")
            return text.lower()

        return self.read(name, parse, options[0])


def names(text: str) -> list[str]:
    """The parts of a list separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def database(text: str) -> dict[str, Any]:
    """Django's settings for a postgres:// address. SQLite needs none: its file is in the data folder."""
    if not text.startswith(("postgres://", "postgresql://")):
        raise ValueError("must begin with postgres:// (without it, SQLite in the data folder is used).")
    config: dict[str, Any] = environ.Env.db_url_config(text)
    if not config.get("NAME"):
        raise ValueError("names no database. Write postgres://user:password@host:5432/name.")
    return config


def redis(text: str) -> str:
    """The address of a Redis server, unchanged."""
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://.")
    return text


def bearer(text: str) -> str:
    """A secret to be sent in a header: long enough, and of characters that every program sends alike."""
    if len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must have at least 16 ASCII characters, and no spaces.")
    return text


def megabytes(text: str) -> int:
    """An amount of memory, from none to a terabyte."""
    if not text.isascii() or not text.isdigit() or int(text[:10]) > 1024 * 1024:
        raise ValueError("must be a whole number of megabytes, at most 1048576.")
    return int(text)


def rounds(text: str) -> int:
    """How often in a row a model may call tools."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 100:
        raise ValueError("must be a whole number from 1 to 100.")
    return int(text)


def days(text: str) -> int:
    """For how many days something is kept."""
    if not text.isascii() or not text.isdigit() or int(text[:5]) > 3650:
        raise ValueError("must be a whole number of days up to 3650 (0: for good).")
    return int(text)


def email(text: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for an smtp:// address."""
    try:
        config: dict[str, Any] = environ.Env.email_url_config(text)
    except (ImproperlyConfigured, ValueError):
        # the library's own message repeats what was written, password included
        raise ValueError("is not understood. Write smtp+tls://user:password@host:587.") from None
    return config


def limits(text: str) -> Limits:
    """`requests_per_minute=600,streams=50`: how much one user may do; what is not named keeps its default."""
    known = [field.name for field in fields(Limits)]
    found: dict[str, int] = {}
    for part in names(text):
        name, _, number = (word.strip() for word in part.partition("="))
        if name not in known:
            raise ValueError(f"knows {', '.join(known)}; each is written name=number.")
        if not number.isdecimal() or int(number) < 1:
            raise ValueError(f"{name} must be a whole number of at least 1.")
        found[name] = int(number)
    return replace(Limits(), **found)
