"""What every provider says, in each format that it reads: text, reasoning, tools, usage, and every way to fail."""

from __future__ import annotations

import json

import pytest

from providers import Adapter, ProviderError, Reasoning, StreamTruncated, Text, ToolCall, Usage
from providers._reading.framing import AnyFraming
from tests.providers.contracted import FORMATS, RESPONSES, every, recorded_for, recordings_of
from tests.providers.recorded import load, read_all

SAID = {"text": Text, "reasoning": Reasoning, "one": ToolCall, "parallel": ToolCall, "fragments": ToolCall}
WHOLE = ("GoogleReader", "OllamaReader")  # whose services send the arguments of a call at once


def recorded(adapter: Adapter, what: str) -> list[str]:
    """The recordings of this, one in each format that the adapter reads."""
    return [names[what] for names in recordings_of(adapter) if what in names]


@pytest.mark.parametrize("format", [*FORMATS, "responses"])
def test_every_format_has_a_recording_of_each(format: str) -> None:
    names = FORMATS.get(format, RESPONSES)
    assert names.keys() >= {"text", "reasoning", "one", "parallel", "failed"} | (
        set() if format in WHOLE else {"fragments"}
    )
    assert all(load(name) for name in names.values())


@every
def test_there_is_a_recording_of_its_answers(adapter: Adapter) -> None:
    assert all("text" in names for names in recordings_of(adapter))


def test_a_format_of_one_s_own_is_found_by_the_names_of_its_recordings() -> None:
    names = recorded_for("anthropic")
    assert (names["one"], names["parallel"], names["401"]) == (
        "anthropic/tool.sse", "anthropic/tools.sse", "anthropic/error_401.json",
    )  # fmt: skip


@every
@pytest.mark.parametrize("what", SAID)
def test_what_is_said_is_read_at_any_split(adapter: Adapter, what: str) -> None:
    for name in recorded(adapter, what):
        body = load(name)
        events, failure = read_all(adapter.reader(), [body])
        assert failure is None and any(isinstance(event, SAID[what]) for event in events)
        assert read_all(adapter.reader(), [body[at : at + 1] for at in range(len(body))]) == (events, None)


@every
def test_tool_calls_are_whole(adapter: Adapter) -> None:
    for what, least, most in (("one", 1, 1), ("parallel", 2, 9), ("fragments", 1, 9)):
        for name in recorded(adapter, what):
            calls = [event for event in read_all(adapter.reader(), [load(name)])[0] if isinstance(event, ToolCall)]
            assert least <= len(calls) <= most, name
            assert all(call.name and isinstance(json.loads(call.arguments), dict) for call in calls)
            assert len({call.id for call in calls} - {""}) == len(calls)


@every
def test_usage_is_told(adapter: Adapter) -> None:
    for name in recorded(adapter, "text"):
        usage = [event for event in read_all(adapter.reader(), [load(name)])[0] if isinstance(event, Usage)]
        assert usage and usage[-1].input_tokens and usage[-1].output_tokens


@every
def test_an_error_before_the_answer(adapter: Adapter) -> None:
    for names in recordings_of(adapter):
        for status, name in names.items():
            if status.isdigit():
                failure = adapter.failure(int(status), {"retry-after": "2"}, load(name))
                expected = "rate_limit" if status == "429" else "auth_failed"
                assert (failure.type, failure.status) == (expected, int(status)), name
                assert failure.message.startswith(adapter.speaker)


@every
def test_an_error_inside_the_answer(adapter: Adapter) -> None:
    for name in recorded(adapter, "failed"):
        body = load(name)
        events, failure = read_all(adapter.reader(), [body])
        assert isinstance(failure, ProviderError) and not isinstance(failure, StreamTruncated), name
        again, failed = read_all(adapter.reader(), [body[at : at + 1] for at in range(len(body))])
        assert again == events and type(failed) is type(failure)


@every
def test_who_leaves_early_is_not_told_of_a_success(adapter: Adapter) -> None:
    for what in ("text", "one"):
        for name in recorded(adapter, what):
            body = load(name)
            reader = adapter.reader()
            for size in (1, len(body) // 3, len(body) // 2):
                _, failure = read_all(adapter.reader(), [body[:size]])
                assert type(failure) is StreamTruncated
            going = iter(reader.feed(body))
            next(going)
            del going, reader  # in the midst of an event: nothing is raised


def test_fragments_are_more_than_one() -> None:
    for names in (*FORMATS.values(), RESPONSES):
        if "fragments" in names and not names["fragments"].endswith("eventstream"):
            frames = list(AnyFraming().feed(load(names["fragments"])))
            assert sum(b"delta" in frame.data and b'\\"' in frame.data for frame in frames) >= 2, names["fragments"]
