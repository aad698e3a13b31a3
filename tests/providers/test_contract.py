"""What the rest of the program may expect of every provider, a plug-in's or a row made up on the spot included."""

from __future__ import annotations

import re
from typing import get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers
from providers import (
    Adapter,
    AuthFailed,
    HostRefused,
    InvalidRequest,
    Operation,
    ProviderError,
    ServerFailed,
    StreamTruncated,
    Target,
)
from providers._base import Shape
from providers._field import FieldKind
from providers._plugins.discovery import by_kind
from tests.providers.contracted import ADAPTERS, AT_HOME, KEY, PROMPT, every, target_of


def test_one_row_is_a_whole_provider() -> None:
    assert {"madeup", "before", "example"} <= by_kind(ADAPTERS).keys()


def test_the_three_formats_that_others_speak_too() -> None:
    for name in ("openai", "anthropic", "google"):
        assert providers.get(name).wire_format == name
    for name in ("openai", "anthropic"):
        assert providers.get("custom").wire(Target("custom", "", name)).wire_format == name


@every
def test_it_states_what_it_is(adapter: Adapter) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*", adapter.kind)
    assert adapter.label
    assert adapter.shape in get_args(Shape)
    assert re.fullmatch(r"[a-z-]*", adapter.wire_format)
    needs_address = [field.name for field in adapter.fields() if field.name == "base_url" and field.required]
    here = adapter.kind in AT_HOME and adapter.base_url.startswith("http://127.0.0.1:")
    assert here or adapter.base_url.startswith("https://") or needs_address
    assert all(name == name.lower() for name in adapter.forwarded)
    assert not {"cookie", "authorization", "host", "x-api-key", "x-goog-api-key"} & adapter.forwarded


@every
def test_its_form_can_be_drawn(adapter: Adapter) -> None:
    fields = adapter.fields()
    assert len({field.name for field in fields}) == len(fields)
    for field in fields:
        assert field.label and field.kind in get_args(FieldKind)
        assert (field.kind == "choice") is bool(field.choices)
    secrets = [field.name for field in fields if field.kind == "secret"]
    assert secrets == (["api_key"] if fields else [])


@every
def test_its_chat_request_goes_to_its_own_host(adapter: Adapter) -> None:
    exchange, target = adapter.chat(PROMPT), target_of(adapter)
    url = adapter.url(target, exchange.path, exchange.query)
    request = httpx.Request(
        exchange.method, url, headers={**exchange.headers, **adapter.credentials(KEY)}, content=exchange.body
    )
    assert url.host == httpx.URL(target.base_url).host
    assert KEY not in str(url) and KEY.encode() not in exchange.body
    assert KEY in " ".join(request.headers.values())
    operation = adapter.operation(exchange.method, exchange.path, exchange.body)
    assert operation == Operation("chat", "some/model-1", True, operation.max_tokens)
    assert "你好".encode() in exchange.body and b"Be short." in exchange.body


@every
def test_its_models_can_be_asked_for(adapter: Adapter) -> None:
    exchange = adapter.models()
    assert adapter.operation(exchange.method, exchange.path, exchange.body).name == "models"
    assert adapter.url(target_of(adapter), exchange.path, exchange.query).path.endswith(("models", "/tags"))
    for nonsense in (b"", b"<html>", b"[]", b'{"data": 3}', b'{"error": {"message": "no"}}', b"\xff"):
        with pytest.raises(ProviderError):
            adapter.read_models(nonsense)


@every
def test_without_a_key_there_is_no_header(adapter: Adapter) -> None:
    assert adapter.credentials(None) == adapter.credentials("") == adapter.credentials("  ") == {}


@every
@pytest.mark.parametrize("key", ["sk-a\r\nX-Evil: 1", "sk-ключ", "sk-\x00"])
def test_a_key_with_strange_characters_is_refused_and_not_shown(adapter: Adapter, key: str) -> None:
    with pytest.raises(AuthFailed) as caught:
        adapter.credentials(key)
    assert key not in str(caught.value)


HOSTILE_PATHS = [
    "//evil.example/x", "/\\evil.example", "http://evil.example/", "@evil.example", "v1/x?y#z", "v1/a b\r\nX: y",
    "v1/\u2028", "..%00/x", "v1/%zz", ":80/x", "v1/\udcff", "%2f%2fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE_PATHS)
@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
def test_no_path_leaves_the_host(kind: str, path: str) -> None:
    adapter = providers.get(kind)
    target = target_of(adapter)
    try:
        url = adapter.url(target, path, "a=b\r\nX: y#z&c=é")
    except InvalidRequest:
        return
    assert (url.scheme, url.host, url.port) == ("https", httpx.URL(target.base_url).host, None)
    assert re.fullmatch(rb"/[!-~]*", url.raw_path) and b"#" not in url.raw_path


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ADAPTERS), st.text(max_size=40), st.text(max_size=20))
def test_no_path_at_all_leaves_the_host(adapter: Adapter, path: str, query: str) -> None:
    target = target_of(adapter)
    try:
        url = adapter.url(target, path, query)
    except InvalidRequest:
        return
    assert url.host == httpx.URL(target.base_url).host and not url.userinfo
    assert re.fullmatch(rb"/[!-~]*", url.raw_path)


@every
@pytest.mark.parametrize("path", ["v1/../../admin", "..", "v1/%2e%2e/x", "v1/.%2E/x", "v1\\..\\x", "v1/..%2fx", "./x"])
def test_a_path_cannot_climb(adapter: Adapter, path: str) -> None:
    with pytest.raises(InvalidRequest):
        adapter.url(target_of(adapter), path)


@every
@pytest.mark.parametrize("root", ["ftp://x", "https://", "nonsense", "https://u:p@x.example", "https://[::1", "//x"])
def test_a_root_that_is_no_web_address_is_refused(adapter: Adapter, root: str) -> None:
    with pytest.raises(HostRefused) as caught:
        adapter.url(Target(adapter.kind, root), "v1/models")
    assert "u:p" not in str(caught.value)


@every
@pytest.mark.parametrize(
    ("status", "type"),
    [(400, "invalid_request"), (401, "auth_failed"), (402, "quota_exceeded"), (403, "auth_failed"),
     (404, "invalid_request"), (408, "timeout"), (413, "invalid_request"), (422, "invalid_request"),
     (429, "rate_limit"), (500, "server_error"), (502, "server_error"), (503, "server_error"), (504, "timeout"),
     (529, "server_error"), (302, "invalid_request")],
)  # fmt: skip
def test_a_status_alone_is_classified(adapter: Adapter, status: int, type: str) -> None:
    for body in (b"", b"<html>Bad gateway</html>", b"\xff\xfe", b"{}", b"[]", b'{"error": null}'):
        failure = adapter.failure(status, {"Retry-After": "7"}, body)
        assert (failure.type, failure.status, failure.retry_after) == (type, status, 7)
        assert failure.message and len(failure.message) < 500


@every
def test_no_key_is_repeated_in_a_message(adapter: Adapter) -> None:
    for template in (b'{"error": {"message": "Bad key %s"}}', b'{"message": "%s"}', b'{"error": "%s", "code": "%s"}'):
        body = template.replace(b"%s", KEY.encode())
        for status in (400, 401, 404, 429, 500):
            failure = adapter.failure(status, {}, body)
            assert KEY not in f"{failure.message}{failure.code}{failure!r}"


@every
def test_an_answer_that_never_ends_properly_is_truncated(adapter: Adapter) -> None:
    reader = adapter.reader()
    assert list(reader.feed(b": hello\n\n")) == []
    with pytest.raises(StreamTruncated):
        list(reader.close())


@every
def test_an_event_that_is_not_json_is_a_failure(adapter: Adapter) -> None:
    with pytest.raises(ServerFailed):
        list(adapter.reader().feed(b'data: {"choices": [\n\n'))


@every
@settings(max_examples=15, deadline=None)
@given(body=st.binary(max_size=60), path=st.text(max_size=20))
def test_no_request_upsets_it(adapter: Adapter, body: bytes, path: str) -> None:
    for given_body in (body, b'{"model": 3, "stream": "yes", "max_tokens": -1, "generationConfig": []}', b"[" * 9999):
        operation = adapter.operation("POST", path, given_body)
        assert operation.stream is False or "stream" in path
        assert operation.max_tokens is None
