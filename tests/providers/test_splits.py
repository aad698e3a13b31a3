"""However a network cuts a recorded answer, whatever its line ends and spelling: the same events, the same usage.

SPLITS sets how many cases are tried (3000), all different; `SPLITS=100000` is a thorough run of a few minutes. A case
is known by its number.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from functools import cache

import pytest

from providers import Event, ProviderError, Usage
from tests.providers.recorded import FOLDER, LINE_ENDS, STREAMS, adapter_of, cut, load, read_all, with_line_ends
from tests.providers.test_agreement import sampler_of, type_of
from tests.providers.test_spellings import over_lines, with_comments, without_space

CASES = int(os.environ.get("SPLITS", "3000"))
SHARES = 6  # tests that the cases are dealt to, so that they can run beside each other
Told = tuple[list[Event], type[ProviderError] | None, Usage | None, bool, bool]


def is_answer(name: str) -> bool:
    """Whether a recorded document is a whole answer of a model, not a list, a balance or an error."""
    document = json.loads(load(name))
    return isinstance(document, dict) and adapter_of(name).ends(document)


WHOLE = [
    name
    for name in sorted(f"{path.parent.name}/{path.name}" for path in FOLDER.glob("*/*.json"))
    if name not in STREAMS and is_answer(name)
]
RECORDINGS = [*STREAMS, *WHOLE]


def laid_out(body: bytes) -> bytes:
    """JSON with its parts on lines of their own."""
    text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def spaced(body: bytes) -> bytes:
    """Lines of JSON with blank ones between them."""
    return body.replace(b"\n", b" \n\n ")


SPELLINGS: dict[str, tuple[Callable[[bytes], bytes], ...]] = {
    "sse": (bytes, without_space, over_lines, with_comments, lambda body: over_lines(with_comments(body))),
    "ndjson": (bytes, spaced),
    "json": (bytes, laid_out),
    "eventstream": (bytes,),
}


def told(name: str, chunks: list[bytes]) -> Told:
    """What reader and meter say: events, failure, usage, whether the end was seen, whether it is complete.

    A reader is for what is streamed, the meter for all.
    """
    sampler = sampler_of(name, chunks)
    reading = sampler.reading()
    events, failure = ([], reading.failure) if name in WHOLE else read_all(adapter_of(name).reader(), chunks)
    assert type_of(reading.failure) is type_of(failure)
    return events, type_of(failure), reading.usage, sampler.at_end, reading.complete


@cache
def as_recorded(name: str) -> Told:
    """What a recording says as it is, in one piece."""
    return told(name, [load(name)])


@cache
def spelled(name: str, spelling: int, end: bytes) -> bytes:
    """A recording in another spelling, with other line ends where it has lines."""
    kind = name.rpartition(".")[2]
    if kind == "eventstream":
        return load(name)
    return with_line_ends(SPELLINGS[kind][spelling](with_line_ends(load(name), b"\n")), end)


def chunks_of(body: bytes, chance: random.Random) -> list[bytes]:
    """The body in one way to cut it: into bytes, at a few places, or beside line ends and quotes alone."""
    way = chance.randrange(4)
    if way == 0 and len(body) < 4000:
        return [body[at : at + 1] for at in range(len(body))]
    if way == 1:
        size = chance.choice((2, 3, 5, 17, 64, 1000))
        return [body[at : at + size] for at in range(0, len(body), size)]
    places = [chance.randrange(len(body) + 1) for _ in range(chance.choice((1, 2, 4, 12, 60)))]
    if way == 2:
        places = [body.find(chance.choice((b"\r", b"\n", b'"', b"\\", b"\xe4")), at) + 1 for at in places]
    return cut(body, places)


@pytest.mark.parametrize("share", range(SHARES))
def test_any_split_any_line_end_any_spelling(share: int) -> None:
    for number in range(share, CASES, SHARES):
        chance = random.Random(number)
        name = RECORDINGS[number // SHARES % len(RECORDINGS)]
        spelling = chance.randrange(len(SPELLINGS[name.rpartition(".")[2]]))
        body = spelled(name, spelling, chance.choice(LINE_ENDS))
        assert told(name, chunks_of(body, chance)) == as_recorded(name), f"case {number}: {name}"


def test_every_kind_of_recording_is_among_them() -> None:
    kinds = {name.rpartition(".")[2] for name in RECORDINGS}
    assert kinds == SPELLINGS.keys() and len(WHOLE) > 5
    assert len({name.partition("/")[0] for name in RECORDINGS}) >= 18
