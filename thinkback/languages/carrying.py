"""The reader's language and time zone, carried into a thread of ours; asgiref carries them into its own alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.utils import timezone, translation

P = ParamSpec("P")
R = TypeVar("R")


def carried(act: Callable[P, R]) -> Callable[P, R]:
    """The same function, reading in every thread as is read here and now."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def there(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override(language), timezone.override(zone):
            return act(*args, **kwargs)

    return there
