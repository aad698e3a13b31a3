"""What becomes of the calls of a round: refused, to be approved, run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec

from thinkback.chat.rounds import Call
from thinkback.tools.kits import Kit
from thinkback.tools.running import run

MOST = 32  # calls of one round that are run
LARGEST = 100_000  # characters of the arguments


class BadArguments(ValueError):
    """Arguments that are not a JSON object."""


def admit(calls: Iterable[Call], kit: Kit) -> None:
    """Decide of each new call: what cannot be run fails, what needs no approval is allowed, the others wait."""
    for number, call in enumerate(calls):
        offered = kit.offered.get(call.name)
        if offered is not None:
            call.label, call.origin, call.grant = offered.label, offered.origin, offered.grant
        if offered is None:
            call.end("failed", f"There is no tool called {call.name!r}.")
        elif number >= MOST:
            call.end("failed", f"At most {MOST} calls are run at a time.")
        else:
            _admit(call, kit)


def _admit(call: Call, kit: Kit) -> None:
    try:
        arguments_of(call)
    except BadArguments as error:
        call.end("failed", str(error))
    else:
        call.state = "allowed" if call.name in kit.unasked else "waiting"


def arguments_of(call: Call) -> dict[str, Any]:
    """The arguments as an object. Raises BadArguments."""
    if len(call.arguments) > LARGEST:
        raise BadArguments("The arguments are too long.")
    try:
        found: dict[str, Any] = msgspec.json.decode(call.arguments or "{}", type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise BadArguments("The arguments are not a JSON object.") from None
    return found


async def perform(calls: Iterable[Call], kit: Kit, changed: Callable[[], Awaitable[None]]) -> None:
    """Run those allowed, together; `changed` is awaited at the beginning and whenever one ends."""
    allowed = [call for call in calls if call.state == "allowed"]
    for call in allowed:
        call.state = "running"
    if allowed:
        await changed()
        async with asyncio.TaskGroup() as group:
            for call in allowed:
                group.create_task(_perform(call, kit, changed))


async def _perform(call: Call, kit: Kit, changed: Callable[[], Awaitable[None]]) -> None:
    offered = kit.offered.get(call.name)
    if offered is None:  # it was taken away while its approval was waited for
        call.end("failed", f"There is no tool called {call.name!r} any more.")
    else:
        outcome = await run(offered, arguments_of(call))
        call.end("failed" if outcome.failed else "done", outcome.text)
    await changed()


def break_off(calls: Iterable[Call]) -> None:
    """Say of those that have not begun that they were stopped; of the others nobody knows how far they came."""
    for call in calls:
        if call.state in ("waiting", "allowed"):
            call.state = "stopped"
