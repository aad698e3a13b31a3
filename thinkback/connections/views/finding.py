"""The configuration that an address names: the caller's own or none at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.shortcuts import get_object_or_404

from thinkback.api import ApiError
from thinkback.connections import practice
from thinkback.connections.invalid import HostChanged, Invalid
from thinkback.connections.models import Connection
from thinkback.connections.shared import SHARED


def own_row(user_id: int, slug: str) -> Connection:
    """The user's configuration of this name. Raises Http404, for those of others too."""
    if slug == practice.KIND:
        practice.ensure(user_id)
    return get_object_or_404(Connection, user_id=user_id, slug=slug)


def shared_row(user_id: int, slug: str) -> Connection | None:
    """The administrator's configuration of this name, where the user may use it and has none of his own."""
    return next((row for row in SHARED.rows(user_id) if row.slug == slug), None)


@contextmanager
def told_as_api_errors() -> Iterator[None]:
    """Turn what the service functions refuse into answers of the JSON API, the field at fault named."""
    try:
        yield
    except Invalid as error:
        field, message = next(iter(error.errors.items()))
        raise ApiError(400, "invalid_request", message, field) from error
    except HostChanged as error:
        message = f"{error.message} Send a new api_key along, or confirm_host_change: true."
        raise ApiError(409, "host_changed", message, "base_url") from error
