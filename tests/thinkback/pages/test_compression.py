"""Pages come compressed to browsers that take it; a stream never waits, and nobody else sees a difference."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory

from thinkback.accounts.models import User
from thinkback.pages.compression import LONG, SHORT, Compression


def sent(response: HttpResponseBase, accepts: str = "gzip, br") -> HttpResponseBase:
    request: HttpRequest = RequestFactory().get("/", headers={"accept-encoding": accepts})
    answer = Compression(lambda _request: response)(request)
    assert isinstance(answer, HttpResponseBase)
    return answer


@pytest.mark.parametrize("type", ["text/html; charset=utf-8", "application/json"])
@pytest.mark.parametrize("size", [SHORT, LONG * 3])
def test_a_page_is_smaller_and_the_same(type: str, size: int) -> None:
    body = b"word " * (size // 5)
    answer = sent(HttpResponse(body, content_type=type))
    assert isinstance(answer, HttpResponse)
    assert answer["Content-Encoding"] == "gzip" and answer["Vary"] == "Accept-Encoding"
    assert int(answer["Content-Length"]) == len(answer.content) < len(body)
    assert gzip.decompress(answer.content) == body


@pytest.mark.parametrize(
    ("response", "accepts"),
    [
        (HttpResponse(b"word " * 1000), "identity"),
        (HttpResponse(b"word " * 1000), ""),
        (HttpResponse(b"short"), "gzip"),
        (HttpResponse(b"\x89PNG" * 1000, content_type="image/png"), "gzip"),
        (HttpResponse(gzip.compress(b"x" * 9000), headers={"Content-Encoding": "br"}), "gzip"),
        (StreamingHttpResponse([b"data: x\n\n"], content_type="text/html"), "gzip"),
        (StreamingHttpResponse([b"data: x\n\n"], content_type="text/event-stream"), "gzip"),
    ],
)
def test_what_stays_as_it_is(response: HttpResponseBase, accepts: str) -> None:
    encoding = response.headers.get("Content-Encoding")
    assert sent(response, accepts).headers.get("Content-Encoding") == encoding


def test_its_length_does_not_tell_what_is_in_it() -> None:
    lengths = {len(sent(HttpResponse(b"the same page " * 400)).content) for _ in range(40)}  # type: ignore[attr-defined]
    assert len(lengths) > 5


@pytest.mark.django_db(transaction=True)  # the page is asynchronous
async def test_the_chat_page_comes_so(alice: User) -> None:
    client = AsyncClient()
    await client.aforce_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    answer = await client.get("/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip" and "Content-Security-Policy" in answer
    assert b"data-chat-root" in gzip.decompress(answer.content)
    assert b"data-chat-root" in (await client.get("/")).content


@pytest.mark.django_db
def test_so_does_one_that_django_makes_in_a_thread(client: Client) -> None:
    answer = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})
    assert b"csrfmiddlewaretoken" in gzip.decompress(answer.content)
