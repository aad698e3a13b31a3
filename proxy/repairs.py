"""What a service declines by name: worded otherwise, once, and from then on; never on a guess.

An older OpenAI-compatible server declines the `stream_options` that only we put in; OpenAI's newer models decline
`max_tokens` and say what they call it now. Anything else is between the caller and the service.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from proxy.call import Connection
from proxy.recent import Recent

DECLINED = frozenset({400, 422})
CODES = frozenset({"unsupported_parameter", "unsupported_value"})
SAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}  # two names of one thing
OWN = frozenset({"temperature"})  # what the site's own chat can do without


@dataclass(frozen=True, slots=True)
class Repair:
    """A field of the request that goes under another name, or not at all."""

    name: str
    instead: str | None = None

    def of(self, body: bytes) -> bytes | None:
        """The body with this changed and every other value as it was; None where there is nothing to change."""
        try:
            fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None
        if self.name not in fields or self.instead in fields:
            return None
        changed = {self.instead if name == self.name else name: value for name, value in fields.items()}
        changed.pop(None, None)
        return msgspec.json.encode(changed)


UNASKED = Repair("stream_options")


class Detail(msgspec.Struct):
    """What OpenAI says of a field that it declines."""

    code: str | None = None
    param: str | None = None
    message: str = ""


class Complaint(msgspec.Struct):
    """An error body of OpenAI's."""

    error: Detail


def find(status: int | None, complaint: bytes, *, ours: bool, asked: bool) -> Repair | None:
    """The repair that a refusal in these words calls for.

    `ours`: the site's own chat worded the request; `asked`: the usage is asked for by us alone.
    """
    if status not in DECLINED:
        return None
    if (ours or asked) and (b"stream_options" in complaint or b"include_usage" in complaint):
        return UNASKED
    try:
        detail = msgspec.json.decode(complaint, type=Complaint).error
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if detail.code not in CODES or detail.param is None:
        return None
    instead = SAME.get(detail.param)
    if instead is not None:  # the service must say so itself: to others (DeepSeek, Mistral) the new name means nothing
        return Repair(detail.param, instead) if instead in detail.message else None
    return Repair(detail.param) if ours and detail.param in OWN else None


Place = tuple[int, str, str | None]


def place_of(connection: Connection, model: str | None) -> Place:
    """Whose model at which address; another address starts afresh."""
    return connection.id, connection.target.base_url, model


class Repairs:
    """What has helped before, by connection and model."""

    def __init__(self) -> None:
        self.found: Recent[Place, list[Repair]] = Recent(list)

    def of(self, place: Place) -> tuple[Repair, ...]:
        """The repairs to begin with."""
        return tuple(self.found.get(place)) if place in self.found.items else ()

    def keep(self, place: Place, repairs: tuple[Repair, ...]) -> None:
        """These made the service answer."""
        if repairs:
            self.found.get(place)[:] = repairs

    def forget(self) -> None:
        """Start afresh."""
        self.found.items.clear()


REPAIRS = Repairs()
