"""Personal data stays here: the provider sees placeholders, the caller his own words, however the stream is cut."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.masking import MaskPersonalData
from proxy.masking.masks import Masks
from proxy.masking.patterns import PATTERNS
from proxy.masking.restoring import Restoring
from proxy.middleware import MIDDLEWARE, Rule, StreamEvent
from tests.proxy.client import CHAT, GENERATE, MESSAGES, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply as Said
from tests.upstream import Upstream

PRIVATE = {
    "EMAIL": "alice.b+x@example.co.uk",
    "IBAN": "DE89 3704 0044 0532 0130 00",
    "CARD": "4111 1111 1111 1111",
    "IP": "203.0.113.77",
    "PHONE": "+49 30 1234 5678",
}
TEXT = "; ".join(f"{kind}: {value}" for kind, value in PRIVATE.items()) + "; again alice.b+x@example.co.uk."
ECHO = "plan:echo=7"
WORDS = [*(f"<{kind}_1>" for kind in PRIVATE), "<", "<EMAIL_", "<EMAIL_12>", ">", "a < b ", "\\u003"]
RESPONSES = "/api/proxy/openai/v1/responses"


@pytest.fixture(autouse=True)
def masking() -> None:
    MIDDLEWARE.set([Rule("mask_personal_data", MaskPersonalData({"patterns": {"STAFF": r"ST-\d{4}"}}))])


def masks() -> Masks:
    found = Masks(PATTERNS, "")
    found.mask(TEXT)
    return found


@pytest.mark.parametrize(("kind", "value"), PRIVATE.items())
def test_what_is_found(kind: str, value: str) -> None:
    assert Masks(PATTERNS, "").mask(f"Is it {value}, or not?") == f"Is it <{kind}_1>, or not?"


@pytest.mark.parametrize(
    "text",
    ["4111 1111 1111 1112", "DE88370400440532013000", "std::vector", "12:34:56", "2024-11-21", "01/02/2024",
     "999.1.1.1", "1234567890123", "3.14159265", "x@y", "call_1234567890abcdef",
     "DE88 3704 0044 0532 0130 00", "FR76 3000 6000 0112 3456 7890 188", "GB29 NWBK 6016 1331 9268 18",
     "order 0123-456789", "Order no. 00123456789", "invoice #0123 456789", "Rechnungsnummer: 0123/456789",
     "part 415-555-2671", "ticket 123-456-7890", "415-555-2671-11", "0000-0002-1825-0097", "978-3-16-148410-0",
     "2024-11-21 08:30:12", "21.11.2024 08:30", "20241121T083012", "010-2024-11-21", "1732179012345",
     "version 1.2.3.4", "v10.0.0.1", "release: 10.20.30.40", "10.0.19041.1234", "2023.123.4567", "1.2.3-20241121",
     "1 000 000 000", "0010 000 000", "100 200 3000", "007 123456", "0 1 2 3 4 5 6 7 8 9", "0001 0002 0003 0004",
     "4006381333931", "356938035643809", "VAT DE123456789", "rgb 12 045 678 90"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert Masks(PATTERNS, "").mask(f"see {text} there") == f"see {text} there"


@pytest.mark.parametrize(
    "value",
    ["+49 (0)30 1234567", "0049 30 1234567", "0033 1 23 45 67 89", "030 1234567", "0171/1234567", "020 7946 0958",
     "(030) 123 4567", "+1 (415) 555-2671", "(415) 555-2671", "415-555-2671", "415.555.2671", "415 555 2671"],
)  # fmt: skip
def test_telephones_as_people_write_them(value: str) -> None:
    for text in ("Call {}.", "Our order by phone: {}, please", "{} or 12", "Tel.: {}"):
        assert Masks(PATTERNS, "").mask(text.format(value)) == text.format("<PHONE_1>")


def test_one_pattern_does_not_tear_what_another_put_there() -> None:
    found = Masks(
        MaskPersonalData({"patterns": {"STAFF": r"ST-\d{4}", "DIGIT": r"\d{1,3}", "WORD": "TAF"}}).patterns, ""
    )
    text = "ST-1234 has 7, and <STAF"
    assert found.mask(text) == "<STAFF_1> has <DIGIT_1>, and <S<WORD_1>"
    assert found.restore(found.mask(text)) == text


def test_the_same_value_has_the_same_name_and_no_other_has_it() -> None:
    found = Masks(PATTERNS, "the caller himself wrote <EMAIL_1>")
    assert found.mask("a@x.org b@x.org a@x.org") == "<EMAIL_2> <EMAIL_3> <EMAIL_2>"
    assert found.restore("<EMAIL_1> <EMAIL_2> <EMAIL_9>") == "<EMAIL_1> a@x.org <EMAIL_9>"


BODIES: list[Any] = [
    pytest.param(CHAT, {"messages": [{"role": "system", "content": TEXT}, {"role": "user", "content": [
        {"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": "https://x.org/a?ip=203.0.113.77"}}]}],
        "user": PRIVATE["EMAIL"]}, id="openai"),
    pytest.param(RESPONSES, {"instructions": TEXT, "input": [{"type": "message", "role": "user",
        "content": [{"type": "input_text", "text": TEXT}]}, {"type": "function_call_output", "output": TEXT}]},
        id="responses"),
    pytest.param(MESSAGES, {"system": [{"type": "text", "text": TEXT}], "messages": [{"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t", "content": TEXT}, {"type": "text", "text": TEXT}]}]},
        id="anthropic"),
    pytest.param(GENERATE.format(model="m"), {"systemInstruction": {"parts": [{"text": TEXT}]}, "contents": [
        {"role": "user", "parts": [{"text": TEXT}, {"inlineData": {
            "mimeType": "image/png", "data": "4111111111111111"}}]}]},
        id="google"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), BODIES)
async def test_nothing_personal_reaches_the_provider(
    host: FakeHost, upstream: Upstream, path: str, body: dict[str, Any]
) -> None:
    reply = await fetch(host, path, json.dumps({"model": "m", "stream": True, **body}).encode())
    assert (reply.status, reply.headers["x-thinkback-middleware"]) == (200, "mask_personal_data")
    sent = upstream.last.body.decode().replace("ip=203.0.113.77", "")
    assert not [value for value in PRIVATE.values() if value in sent]
    assert sent.count("<EMAIL_1>") >= 4 and "<EMAIL_2>" not in sent
    assert (host.ledger.only.status, host.ledger.only.input_tokens) == ("ok", 11)
    if "contents" in body:
        assert '"data":"4111111111111111"' in sent


async def test_a_form_and_a_body_without_such_data_stay_byte_for_byte(host: FakeHost, upstream: Upstream) -> None:
    body = b'{ "model": "m",  "messages": [{"role":"user","content":"hi"}], "temperature": 1.0 }'
    await fetch(host, body=body)
    assert upstream.last.body == body


@pytest.mark.parametrize("stream", [True, False])
async def test_the_answer_has_the_real_values(host: FakeHost, upstream: Upstream, stream: bool) -> None:
    message = {"role": "user", "content": f"{TEXT} ST-1234"}
    await fetch(host, body=json.dumps({"model": "m", "messages": [message]}).encode())
    said = "You wrote <EMAIL_1>, <CARD_1> and <STAFF_1>. a < b <"
    pieces = [said[at : at + 3] for at in range(0, len(said), 3)]
    chunks = [{"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]} for piece in pieces]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    events = [b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks]
    upstream.reply = Said([*events, b"data: [DONE]\n\n"])
    if not stream:
        whole = {"object": "chat.completion", "choices": [{"index": 0, "message": {"content": said}}]}
        upstream.reply = Said([json.dumps(whole).encode()], headers={"content-type": "application/json"})
    reply = await fetch(host, body=json.dumps({"model": "m", "messages": [message], "stream": stream}).encode())
    if stream:
        lines = [line[6:] for line in reply.body.decode().splitlines() if line.startswith("data: {")]
        told = "".join(json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines)
        assert reply.body.endswith(b"data: [DONE]\n\n")
    else:
        told = reply.json()["choices"][0]["message"]["content"]
    assert told == f"You wrote {PRIVATE['EMAIL']}, {PRIVATE['CARD']} and ST-1234. a < b <"
    assert not [value for value in PRIVATE.values() if value in repr(host.ledger.rows)]


def events_of(shape: str, pieces: list[str]) -> list[dict[str, Any]]:
    """A stream that says these pieces."""
    if shape == "openai":
        body = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
        return [*body, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    if shape == "anthropic":
        body = [{"type": "content_block_delta", "index": 0, "delta": {"text": piece}} for piece in pieces]
        return [*body, {"type": "ping"}, {"type": "content_block_stop", "index": 0}]
    if shape == "google":
        return [{"candidates": [{"content": {"parts": [{"text": piece}]}}]} for piece in pieces]
    kind = "response.output_text"
    body = [{"type": f"{kind}.delta", "item_id": "a", "delta": p, "sequence_number": n} for n, p in enumerate(pieces)]
    return [*body, {"type": f"{kind}.done", "item_id": "a", "text": "".join(pieces), "sequence_number": len(pieces)}]


def text_of(event: dict[str, Any]) -> str:
    """What an event says."""
    if "choices" in event:
        return str(event["choices"][0]["delta"].get("content", ""))
    if "candidates" in event:
        return str(event["candidates"][0]["content"]["parts"][0]["text"])
    delta = event.get("delta", "")
    return delta if isinstance(delta, str) else str(delta["text"])


@pytest.mark.parametrize("shape", ["openai", "anthropic", "google", "responses"])
@settings(deadline=None)
@given(
    words=st.lists(
        st.sampled_from([*(f"<{k}_1>" for k in PRIVATE), "<", "<EMAIL_", "<EMAIL_12>", ">", "a < b ", "\\u003"])
    ),
    cuts=st.lists(st.integers(0, 80)),
)
def test_wherever_a_stream_is_cut(shape: str, words: list[str], cuts: list[int]) -> None:
    found = masks()
    said = " ".join(words) or "x"
    edges = sorted({0, len(said), *(cut for cut in cuts if cut < len(said))})
    pieces = [said[low:high] for low, high in zip(edges, edges[1:], strict=False)]
    stream = Restoring(found)
    out = [e for event in events_of(shape, pieces) for e in stream.event(StreamEvent(event))] + list(stream.end())
    assert "".join(text_of(event.data) for event in out) == found.restore(said)
    numbers = [event.data["sequence_number"] for event in out if "sequence_number" in event.data]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("shape", ["openai", "anthropic", "google", "responses"])
@settings(deadline=None)
@given(
    words=st.lists(
        st.one_of(st.sampled_from([*PRIVATE.values(), *WORDS]), st.text("<>\\_uEMAIL_1 003ce@.+", max_size=9))
    ),
    between=st.sampled_from(["", " ", ", "]),
    cuts=st.lists(st.integers(0, 200)),
)
def test_what_is_masked_comes_back_wherever_it_is_cut(
    shape: str, words: list[str], between: str, cuts: list[int]
) -> None:
    text = between.join(words) or "x"
    found = Masks(PATTERNS, text)
    said = found.mask(text)
    edges = sorted({0, len(said), *(cut for cut in cuts if cut < len(said))})
    pieces = [said[low:high] for low, high in zip(edges, edges[1:], strict=False)]
    stream = Restoring(found)
    out = [e for event in events_of(shape, pieces) for e in stream.event(StreamEvent(event))] + list(stream.end())
    assert "".join(text_of(event.data) for event in out) == text


def test_values_in_the_arguments_of_a_call_stay_json() -> None:
    found = Masks(MaskPersonalData({"patterns": {"QUOTED": r'"[a-z]{1,9}"'}}).patterns, "")
    found.mask('say "hello"')
    stream = Restoring(found)
    out: list[StreamEvent] = []
    for piece in ('{"a":"\\u003cQUO', 'TED_1\\u003e"}'):
        call = {"index": 0, "function": {"arguments": piece}}
        out += stream.event(StreamEvent({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}))
    said = "".join(e.data["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"] for e in out)
    assert json.loads(said) == {"a": '"hello"'}


@pytest.mark.parametrize(
    "pattern", ["a+", "a*b", "(ab){2,3}", "a{2,}", r"\d{1,99}\d{1,99}", "(", "", "x" * 501, "a{1,3}{1,3}", "a?"]
)
def test_a_pattern_that_could_be_slow_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="SLOW"):
        MaskPersonalData({"patterns": {"SLOW": pattern}})


@pytest.mark.parametrize("options", [{"kinds": ["NAME"]}, {"kinds": "EMAIL"}, {"more": 1}, {"patterns": {"low": "x"}}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        MaskPersonalData(options)


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "a.", "1 ", "+1", "a@", "1.", ":a", "0 ", "AB12 ", "(0", "<EMAIL_", "1-", "order ", "no.", "010-"],
)
def test_no_text_makes_it_slow(unit: str) -> None:
    def seconds(size: int) -> float:
        began = time.perf_counter()
        Masks(PATTERNS, "").mask(unit * (size // len(unit)))
        return time.perf_counter() - began

    assert seconds(1_000_000) < 50 * max(seconds(100_000), 0.01)  # ten times, were it not for the noise
