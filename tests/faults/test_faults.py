"""Whatever goes wrong upstream, a caller's SDK raises the right class or is told honestly, and one record is closed."""

from __future__ import annotations

from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors

from tests.faults.cells import CHUNKS, FAULTS, TEXT, Cell, End, Fault, meet
from tests.wire import INPUT
from tests.world import World

STATUSES: dict[str, dict[int, type[Exception]]] = {
    "openai": {429: openai.RateLimitError, 500: openai.InternalServerError},
    "anthropic": {
        429: anthropic.RateLimitError,
        500: anthropic.InternalServerError,
        504: anthropic.GatewayTimeoutError,
        529: anthropic.OverloadedError,
    },
    "google": {429: errors.ClientError, 500: errors.ServerError},
}
SDKS = {"chat": "openai", "responses": "openai", "messages": "anthropic", "generate": "google"}
BROKEN: dict[tuple[str, bool], type[Exception]] = {  # some let the exceptions of their HTTP client through
    ("openai", True): openai.APIConnectionError,
    ("openai", False): openai.APIConnectionError,
    ("anthropic", True): httpx2.RemoteProtocolError,
    ("anthropic", False): anthropic.APIConnectionError,
    ("google", True): httpx2.RemoteProtocolError,
    ("google", False): httpx2.RemoteProtocolError,
}
TOLD = {"openai": openai.APIError, "anthropic": anthropic.APIStatusError, "google": errors.ServerError}
ANNOUNCED = {"openai": 500, "anthropic": 529, "google": 529}  # as each would have said by its status


def class_of(sdk: str, status: int | None) -> type[Exception]:
    """What this SDK raises for a status."""
    assert status is not None
    return STATUSES[sdk].get(status, STATUSES[sdk][500])


def check_status(cell: Cell, status: int | None, end: End, fault: Fault) -> None:
    """The SDK's class for the status, with the kind of the error and the time to wait."""
    raised = cell.heard.raised
    assert type(raised) is class_of(SDKS[cell.wire_format], status), cell
    assert cell.heard.status == status and not cell.heard.text, cell
    headers = raised.response.headers  # type: ignore[union-attr]
    assert headers["x-thinkback-error"] == end.kind, cell
    assert (fault.retry_after or "") in headers.get("retry-after", ""), cell
    assert ("retry-after" in headers) == (fault.retry_after is not None), cell


def check_told(cell: Cell) -> None:
    """An event of the format tells of the failure, after the beginning of the text."""
    if cell.heard.raised is None:  # OpenAI's Responses hand the provider's own event on
        assert cell.heard.events == ["error"], cell
    else:
        assert type(cell.heard.raised) is TOLD[SDKS[cell.wire_format]], cell
    assert TEXT.startswith(cell.heard.text) and not cell.heard.ended, cell


def check_end(cell: Cell, end: End, fault: Fault) -> None:
    """How the call ended for the caller."""
    heard, sdk = cell.heard, SDKS[cell.wire_format]
    if end.how == "well":
        assert heard.raised is None and heard.ended and heard.text == TEXT, cell
    elif end.how == "event":
        check_told(cell)
    elif end.how == "broken":
        assert type(heard.raised) is BROKEN[sdk, cell.stream] and not heard.ended and TEXT.startswith(heard.text), cell
    else:
        check_status(cell, end.status or ANNOUNCED[sdk], end, fault)


def check_record(cell: Cell, end: End) -> None:
    """One record, closed, that tells the same."""
    (row,) = cell.rows
    assert row["status"] == ("ok" if end.how == "well" else "error"), cell
    assert (row["error_type"], row["http_status"], row["attempt"]) == (end.kind, end.http, 1), cell
    assert row["finished_at"] is not None, cell
    if end.how == "well":
        assert (row["input_tokens"], row["output_tokens"], row["tokens_source"]) == (INPUT, CHUNKS, "provider"), cell


@pytest.mark.parametrize("name", FAULTS)
async def test_every_sdk_hears_of_it_and_one_record_is_closed(world: World, name: str) -> None:
    fault = FAULTS[name]
    for cell in await meet(world, fault):
        end: Any = fault.streamed if cell.stream else fault.whole
        check_record(cell, end)
        check_end(cell, end, fault)
