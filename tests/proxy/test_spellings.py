"""No spelling of a key leaves eight characters of it in a text; ordinary words stay; no text is worth a long search."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.redaction import Secrets
from tests.proxy.host import KEY
from tests.proxy.spellings import SPELLINGS

LONG = "sk-proj-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz" * 4
BEFORE, AFTER = "Incorrect API key provided: ", " (see the console)."
LARGEST = 64 * 1024  # bytes of an error body
RECORDINGS = [path for path in Path("tests/recordings").rglob("*") if path.is_file()]

SIGNS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
KEYS = st.text(SIGNS, min_size=16, max_size=60).filter(lambda key: sum(map(str.isalnum, key)) > len(key) // 2)
ORDINARY = (
    "The model `gpt-4o-mini-2024-07-18` does not exist or you do not have access to it.",
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 128437 tokens.",
    "Unknown parameter: 'messages[0].contents'. See https://platform.example/docs/api?x=%20y&amp;z=1 for more...",
    '{"error": {"message": "Caf\\u00e9 \\"\\u4f60\\u597d\\" C:\\\\u0041", "param": null, "code": "bad_request"}}',
    "Rate limit reached for requests per min. Limit: 3 / min. Please try again in 20s. Request 0b1c2d3e-4f50.",
    "<html><head><title>502 Bad Gateway</title></head><body>&nbsp;cloudflare &#169; 2026 0x1f</body></html>",
    "模型不存在。 Модель не найдена. ﷺ … — “quoted” 🙂",
)


@pytest.mark.parametrize("name", SPELLINGS)
@settings(max_examples=25, deadline=None)
@given(key=KEYS, data=st.data())
def test_no_spelling_gives_it_away(name: str, key: str, data: st.DataObject) -> None:
    spelling = SPELLINGS[name]
    first = data.draw(st.integers(0, len(key) - 12))
    piece = key[first : data.draw(st.integers(first + 12, len(key)))]
    text = Secrets(key).redact(BEFORE + spelling.write(piece) + AFTER)
    assert [trace for trace in spelling.traces(piece) if trace in text] == []
    assert text.startswith("Incorrect ") and text.endswith("console).")


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("size", range(8, 16))
def test_half_of_a_short_key_gives_it_away(name: str, size: int) -> None:
    key = "q7Zx-9Kw_2Vb8Rt5"[:size]
    said = SPELLINGS[name].write(key)
    assert said not in Secrets(key).redact(f"Wrong key {said}, try another.")
    half = key[: (size + 1) // 2]
    assert half not in Secrets(key).redact(f"It begins with {half}, does it?")


@pytest.mark.parametrize(
    "mask", [f"{KEY[:4]}…{KEY[-4:]}", f"{KEY[:6]}...", f"...{KEY[-4:]}", f"{KEY[:3]}\\u2026{KEY[-3:]}", f"••{KEY[-3:]}"]
)
def test_what_a_mask_leaves_over_is_taken_out_too(mask: str) -> None:
    assert Secrets(KEY).redact(f"The key ({mask}) is wrong.") == "The key ([redacted]) is wrong."


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("key", [KEY, LONG, "q7Zx9Kw2Vb", "EMPTY", "x", None])
def test_ordinary_words_stay(text: str, key: str | None) -> None:
    assert Secrets(key).redact(text) == text


@pytest.mark.parametrize("header", ["2023-06-01", "us-east-1", "prompt-caching-2024-07-31"])
def test_a_short_header_hides_no_words_like_it(header: str) -> None:
    text = "No model claude-2023-07 in us-west-2 or in the east: 2024-06-30, prompts."
    assert Secrets(KEY, [header]).redact(text) == text
    assert header not in Secrets(KEY, [header]).redact(f"What is {header}?")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_nothing_is_seen_where_nothing_is(text: str) -> None:
    assert not Secrets(KEY, ["q7Zx9Kw2VbLm", "red-team-secret"]).hold(text)


@pytest.mark.parametrize("path", RECORDINGS, ids=str)
def test_what_services_really_say_holds_no_key(path: Path) -> None:
    assert not Secrets(LONG[8:]).hold(path.read_bytes().decode("utf-8", "replace")[:LARGEST])


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_remains_json(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        json.loads(Secrets(KEY).redact(text))


HOSTILE = (
    "%73", "%", "%25", "&amp;", "&#115;", "&#0", "&lt;", "\\", "\\u0073", "\\u0025", "0x73", "é ", "ﷺ", "sk*", "a..",
    "a", ".", "*", KEY, KEY[:7], "canar", " ".join(KEY), "\u200b".join(KEY), SPELLINGS["percent"].write(KEY),
    SPELLINGS["base64"].write(KEY), SPELLINGS["hex"].write(KEY), "cana\\u0072", "%5cu0073",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_with_the_size_alone(piece: str) -> None:
    secrets = Secrets(KEY)

    def took(size: int) -> float:
        text, least = (piece * size)[:size], 1e9
        for _ in range(5):
            began = time.process_time()
            secrets.redact(text)
            least = min(least, time.process_time() - began)
            if least > 5:  # what is quadratic need not be tried so often
                break
        return least

    ratio = took(LARGEST) / took(LARGEST // 16)
    assert ratio < 16 * 5, "it must not be quadratic: that would be 256 times as much"


@pytest.mark.parametrize("text", [" ".join(KEY) * 200, "skca " * 10_000, "ﷺ" * 1000])
def test_what_was_made_to_be_searched_for_long_is_not_shown(text: str) -> None:
    assert Secrets(KEY).redact(f"No: {text}") == "[redacted]"
