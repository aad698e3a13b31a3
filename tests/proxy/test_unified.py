"""The unified API from within: what becomes of each part of a request, and of each event of an answer."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any

import pytest

from providers import (
    Citation,
    Document,
    Event,
    Finish,
    Image,
    ImageAddress,
    JsonAnswer,
    Message,
    NamedTool,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from proxy.unified import asking, consumer
from proxy.unified.deltas import Deltas
from proxy.unified.faults import Fault
from proxy.unified.reading import read
from tests.proxy.client import BEARER, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import Plan, named, openai_stream

UNIFIED = "/api/v1/chat/completions"
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at":"x"}'}}
FUNCTION = {"type": "function", "function": {"name": "look"}}


def wanted(*messages: Any, **more: Any) -> Any:
    return read(json.dumps({"model": "openai/m", "messages": messages, **more}).encode()).prompt


def user(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "content": parts[0] if len(parts) == 1 and isinstance(parts[0], str) else list(parts)}


def data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def test_what_one_side_says_in_a_row_is_one_message() -> None:
    said = wanted(
        {"role": "system", "content": "Be brief."},
        user("One"),
        user("Two"),
        {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
        {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "a rose"}]},
        user("Go on"),
        {"role": "assistant", "content": ""},
    )
    assert said.system == "Be brief.\n\nBe kind."
    assert said.messages == (
        Message("user", (Text("One"), Text("Two"))),
        Message("assistant", (Reasoning("Hm."), ToolCall("c1", "look", '{"at":"x"}'))),
        Message("user", (ToolResult("c1", "look", "a rose"), Text("Go on"))),
    )


def test_pictures_and_files() -> None:
    said = wanted(
        user(
            {"type": "image_url", "image_url": {"url": data("image/webp", b"drawn"), "detail": "high"}},
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            {"type": "file", "file": {"file_data": data("application/pdf", b"%PDF"), "filename": "a.pdf"}},
        )
    )
    parts = (Image(b"drawn", "image/webp"), ImageAddress("https://example.org/a.png"))
    assert said.messages[0].parts == (*parts, Document(b"%PDF", "application/pdf", "a.pdf"))


def test_the_settings() -> None:
    said = wanted(
        user("a"), stop="END", max_tokens=5, max_completion_tokens=6, seed=0, top_p=0.5, reasoning={"effort": "low"},
        tools=[FUNCTION], tool_choice=FUNCTION, parallel_tool_calls=False, presence_penalty=0,
        response_format={"type": "json_object"}, temperature=0,
    )  # fmt: skip
    assert (said.stop, said.max_tokens, said.seed, said.top_p, said.temperature) == (("END",), 6, 0, 0.5, 0)
    assert (said.tools[0].name, said.tool_choice, said.parallel_tool_calls) == ("look", NamedTool("look"), False)
    assert (said.response_format, said.reasoning_effort, said.presence_penalty) == (JsonAnswer(), "low", 0)


@pytest.mark.parametrize(
    ("messages", "more", "param"),
    [
        ([user({"type": "input_audio", "input_audio": {}})], {}, "messages.0.content.0.input_audio"),
        ([user({"type": "video_url"})], {}, "messages.0.content.0.type"),
        ([user({"type": "file", "file": {"file_id": "f"}})], {}, "messages.0.content.0.file.file_id"),
        ([user({"type": "file", "file": {}})], {}, "messages.0.content.0.file.file_data"),
        ([user({"type": "image_url", "image_url": {"url": "data:image/png;base64,?"}})], {},
         "messages.0.content.0.image_url.url"),
        ([user({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}})], {},
         "messages.0.content.0.image_url.url"),
        ([user("a"), {"role": "assistant", "content": [user("a")]}], {}, "messages.1.content.0"),
        ([user("a"), {"role": "function", "content": "a"}], {}, "messages.1.role"),
        ([{"role": "system", "content": "a"}], {}, "messages"),
        ([user("a")], {"max_tokens": 0}, "max_tokens"),
        ([user("a")], {"reasoning_effort": "huge"}, "reasoning_effort"),
        ([user("a")], {"reasoning": {"max_tokens": 5}}, "reasoning.max_tokens"),
        ([user("a")], {"tools": [{"type": "web_search"}]}, "tools.0.type"),
        ([user("a")], {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
         "response_format.json_schema.schema"),
        ([user("a")], {"modalities": ["text", "audio"]}, "modalities"),
        ([user("a")], {"logprobs": True}, "logprobs"),
        ([user("a")], {"service_tier": "flex"}, "service_tier"),
    ],
)  # fmt: skip
def test_what_cannot_be_passed_on_is_named(messages: list[Any], more: dict[str, Any], param: str) -> None:
    with pytest.raises(Fault) as fault:
        wanted(*messages, **more)
    assert fault.value.param is not None and fault.value.param.startswith(param)
    assert param.rpartition(".")[2] in str(fault.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"model":1,"messages":[]}', b"[" * 5000, b'{"model":"\xff"}'])
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(Fault):
        read(body)


@pytest.mark.parametrize(
    ("word", "events", "reason"),
    [
        ("end_turn", [], "stop"),
        ("STOP", [ToolCall("a", "look", "{}")], "tool_calls"),
        ("tool_use", [ToolCall("a", "look", "{}")], "tool_calls"),
        ("MAX_TOKENS", [], "length"),
        ("model_context_window_exceeded", [], "length"),
        ("SAFETY", [], "content_filter"),
        ("guardrail_intervened", [], "content_filter"),
        ("something new", [], "stop"),
        (None, [], "stop"),
    ],
)
def test_every_end_has_one_of_four_words(word: str | None, events: list[Event], reason: str) -> None:
    deltas = Deltas()
    for event in [*events, *([Finish(word)] if word is not None else [])]:
        deltas.of(event)
    assert deltas.finish == {"finish_reason": reason, "native_finish_reason": word}


def test_what_is_to_be_given_back_comes_back_as_it_was() -> None:
    deltas = Deltas()
    events = [Reasoning("Let me "), Reasoning("see.", "proof"), Reasoning("", hidden="sealed"), Reasoning("", "late")]
    told = [deltas.of(event) or {} for event in [*events, ToolCall("c1", "look", "{}", "signed")]]
    assert "".join(delta.get("reasoning_content", "") for delta in told) == "Let me see."
    details = [detail for delta in told for detail in delta.get("reasoning_details", ())]
    assert [detail["index"] for detail in details] == [0, 1, 2]
    turn = {"role": "assistant", "reasoning_details": details, "tool_calls": told[-1]["tool_calls"]}
    given = wanted(user("a"), json.loads(json.dumps(turn))).messages[1]
    assert given.parts == (
        Reasoning("Let me see.", "proof"),
        Reasoning("", hidden="sealed"),
        Reasoning("", "late"),
        ToolCall("c1", "look", "{}", "signed"),
    )


def test_sources_and_pictures_are_numbered_for_the_sdk() -> None:
    deltas = Deltas()
    found = [
        deltas.of(event) for event in (Citation("https://a.example", "A"), Image(b"x"), Citation("https://b.example"))
    ]
    assert [next(iter(delta.values()))[0]["index"] for delta in found if delta] == [0, 0, 1]


async def test_a_sign_of_life_is_passed_on(host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "QUIET", -1.0)
    first, *rest = openai_stream(Plan(chunks=1), {})
    signs = []
    for comments in ([], [0.05, b": OPENROUTER PROCESSING\n\n", 0.05]):
        upstream.reply = Reply([first, rest[0], *comments, *rest[1:]])
        reply = await fetch(host, UNIFIED, chat("openai/m"))
        assert reply.body.endswith(b"data: [DONE]\n\n")
        signs.append(reply.body.count(b": waiting\n\n"))
    assert signs[1] > signs[0]


async def test_calls_in_pieces_do_not_hold_the_answer_up(host: FakeHost, upstream: Upstream) -> None:
    start = {"type": "tool_use", "id": "t", "name": "look", "input": {}}
    upstream.reply = Reply([
        named({"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 1, "output_tokens": 1}}}),
        named({"type": "content_block_start", "index": 0, "content_block": start}),
        named({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{"}}),
        3600.0,
    ])  # fmt: skip
    exchange = begin(host, UNIFIED, chat("anthropic/m"))
    async with asyncio.timeout(5):
        while not exchange.reply.status:
            await asyncio.sleep(0.01)
    exchange.leave()
    await exchange.task
    await upstream.idle()
    assert host.ledger.only.status == "cancelled"


async def test_the_same_question_is_answered_from_memory(host: FakeHost, upstream: Upstream) -> None:
    host.connect("anthropic", cache_seconds=60.0)
    ask = chat("anthropic/plan:chunks=2", stream=False)
    first, second = [await fetch(host, UNIFIED, ask) for _ in range(2)]
    assert second.json()["choices"] == first.json()["choices"]
    assert (second.headers["x-thinkback-cache"], second.json()["usage"]["cost"]) == ("hit", 0)
    anew = await fetch(host, UNIFIED, ask, headers={**BEARER, "cache-control": "no-cache"})
    assert anew.headers["x-thinkback-cache"] == "miss" and len(upstream.requests) == 2


async def test_who_does_not_hang_up_is_not_waited_for(
    host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "GRACE", 0.01)
    upstream.reply = Reply([*openai_stream(Plan(chunks=1), {}), 3600.0])
    reply = await fetch(host, UNIFIED, chat("openai/m"))
    assert reply.body.endswith(b"data: [DONE]\n\n") and host.ledger.only.status == "ok"


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_cut_short_is_no_success(host: FakeHost, upstream: Upstream, stream: bool) -> None:
    reply = await fetch(host, UNIFIED, chat("google/plan-chunks=5,cut=2", stream=stream))
    assert (reply.status, b"[DONE]" in reply.body) == (200 if stream else 502, False)
    last = json.loads(reply.body.rpartition(b"data: ")[2])
    assert last["error"]["code"] == "server_error"
    assert host.ledger.only.status == "error"


async def test_what_was_tried_again_here_is_not_tried_again_there(host: FakeHost, upstream: Upstream) -> None:
    host.connect("openai", retries=1)
    reply = await fetch(host, UNIFIED, chat("openai/plan:status=503"))
    assert (reply.status, reply.headers["x-should-retry"], reply.headers["x-thinkback-error"]) == (
        503,
        "false",
        "server_error",
    )
    assert reply.headers["x-thinkback-provider"] == "openai" and "ratelimit-remaining" in reply.headers
    assert [row.attempt for row in host.ledger.rows.values()] == [1, 2]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", UNIFIED, 405),
        ("POST", "/api/v1/models", 405),
        ("POST", "/api/v1/responses", 404),
        ("GET", "/api/v1/", 404),
    ],
)
async def test_there_is_nothing_else(host: FakeHost, method: str, path: str, status: int) -> None:
    reply = await fetch(host, path, b"{}", method=method)
    assert (reply.status, reply.json()["error"]["type"]) == (status, "invalid_request_error")
    assert host.ledger.only.status == "refused"


async def test_a_page_of_a_listed_origin_may_call(host: FakeHost) -> None:
    host.allowed.add("https://app.example")
    asking = {"origin": "https://app.example", "access-control-request-method": "POST"}
    assert (await fetch(host, UNIFIED, method="OPTIONS", headers=asking)).status == 204
    headers = {"authorization": "Bearer tb_alice_token", "origin": "https://app.example"}
    reply = await fetch(host, UNIFIED, chat("openai/plan:chunks=1"), headers=headers)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "https://app.example")
    cookie = {"cookie": "sessionid=alices-session", "sec-fetch-site": "cross-site", "origin": "https://app.example"}
    assert (await fetch(host, UNIFIED, chat("openai/plan:"), headers=cookie)).status == 401
    own = {"cookie": "sessionid=alices-session", "origin": "https://thinkback.example"}
    assert (await fetch(host, UNIFIED, chat("openai/plan:"), headers=own)).status == 200


async def test_a_key_of_the_browsers_own_goes_along_once(host: FakeHost, upstream: Upstream) -> None:
    headers = {**BEARER, "x-thinkback-provider-key": "sk-held-by-the-browser"}
    assert (await fetch(host, UNIFIED, chat("anthropic/plan:"), headers=headers)).status == 200
    assert upstream.last.headers["x-api-key"] == "sk-held-by-the-browser"


async def test_limits_are_those_of_every_call(host: FakeHost, upstream: Upstream) -> None:
    host.limit(requests_per_minute=1)
    assert (await fetch(host, UNIFIED, chat("openai/plan:"))).status == 200
    refused = await fetch(host, UNIFIED, chat("google/plan-"))
    assert (refused.status, refused.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert int(refused.headers["retry-after"]) > 0
