"""The table of hostile requests, by raw sockets against the whole server, of either kind: what reaches the provider."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.live import LiveServer
from tests.server import hostile_requests as table
from tests.server.hostile_requests import PLAIN, REFUSED, SAFE, TABLE, Hostile
from tests.upstream import Upstream
from tests.world import CANARY, World

PATIENCE = 1.0  # seconds for an answer; a server that waits for the rest of a broken request gives none
LONG = 20.0  # seconds for an answer that there must be
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
OURS = {"accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"}


@contextmanager
def provider() -> Iterator[Upstream]:
    """The fake provider on a thread of its own, so that its requests can be looked at."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    upstream = Upstream()
    asyncio.run_coroutine_threadsafe(upstream.__aenter__(), loop).result(5)
    yield upstream
    asyncio.run_coroutine_threadsafe(upstream.__aexit__(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


class Stage:
    """One server with Alice, her provider, and the requests that reached it."""

    def __init__(self, world: World, upstream: Upstream) -> None:
        self.world = world
        self.upstream = upstream
        self.host = world.url.removeprefix("http://").encode()

    def say(self, request: bytes, patience: float = PATIENCE) -> bytes:
        """Send these bytes; all that comes back until the server closes, or has said all it has to say."""
        request = request.replace(b"TOKEN", self.world.token.encode()).replace(b"HOST", self.host)
        with socket.create_connection(("127.0.0.1", self.world.server.port), LONG) as connection:
            sender = threading.Thread(target=send, args=(connection, request), daemon=True)
            sender.start()
            answer = hear(connection, patience)
        sender.join(LONG)
        return answer


def send(connection: socket.socket, request: bytes) -> None:
    """Send all, unless the server has had enough before."""
    try:
        connection.sendall(request)
    except OSError:
        return


def hear(connection: socket.socket, patience: float) -> bytes:
    """What comes back: nothing further is waited for long once an answer has begun."""
    heard, end = b"", time.monotonic() + patience
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(left if STATUS.search(heard) is None else min(left, 0.15))
        try:
            part = connection.recv(65536)
        except OSError:
            break
        if not part:
            break
        heard += part
    return heard


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    """A server of each kind, started when it is asked for."""
    with ExitStack() as opened:
        found: dict[str, Stage] = {}

        def stage(kind: str) -> Stage:
            if kind not in found:
                upstream = opened.enter_context(provider())
                listed = {"THINKBACK_PRIVATE_UPSTREAMS": upstream.url.removeprefix("http://")}
                listed |= {"THINKBACK_ALLOWED_ORIGINS": "https://app.example", "THINKBACK_SERVER": kind}
                listed |= {"THINKBACK_LIMITS": "requests_per_minute=100000,tokens_per_minute=2000000000,streams=50"}
                data = tmp_path_factory.mktemp(kind) / "data"
                world = World(opened.enter_context(LiveServer(data, **listed)), upstream.url)
                world.settle_in()
                world.add("openai", options={"retries": "0"})
                found[kind] = Stage(world, upstream)
            return found[kind]

        yield stage


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: re.sub(r"[^ -~]", "?", row.why)[:60])
def test_a_hostile_request(stages: Callable[[str], Stage], row: Hostile, kind: str) -> None:
    stage = stages(kind)
    before = len(stage.upstream.requests)
    answer = stage.say(row.request, PATIENCE if row.comes_to in (SAFE, REFUSED) else LONG)
    statuses = [int(status) for status in STATUS.findall(answer)]
    reached = stage.upstream.requests[before:]
    first = statuses[0] if statuses else 400  # a closed connection is a refusal too
    assert CANARY.encode() not in answer and stage.world.token.encode() not in answer
    if isinstance(row.comes_to, int):
        assert first == row.comes_to, answer[:300]
    if row.comes_to == PLAIN:
        assert (first, len(reached)) == (200, 1), answer[:300]
    elif row.comes_to != SAFE:
        assert first >= 400 and not reached, (answer[:300], reached)
    assert first != 500, answer[:300]
    assert len(reached) <= 1, reached
    key = "sk-a" if b"Provider-Key" in row.request else CANARY
    for request in reached:
        assert request.headers["authorization"] == f"Bearer {key}"
        assert set(request.headers) <= OURS and request.headers["host"] == stage.upstream.url.removeprefix("http://")
        assert request.headers["accept-encoding"] == "identity" and request.headers["user-agent"] == "ThinkBack"
        assert request.body in (b"", row.body) and request.path in ("/v1/chat/completions", "/v1/models")
        assert stage.world.token not in str(request) and "evil" not in request.path and "\r" not in request.target


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_a_proper_request_reaches_the_provider(stages: Callable[[str], Stage], kind: str) -> None:
    """So that the refusals above are not those of a server that refuses everything."""
    stage = stages(kind)
    for request in (
        table.post(),
        table.framed(table.CHUNKED, body=table.chunks()),
        table.get(b"/api/proxy/openai/v1/models"),
    ):
        before = len(stage.upstream.requests)
        assert b" 200 " in stage.say(request)[:20]
        assert len(stage.upstream.requests) == before + 1
    assert b" 204 " in stage.say(
        table.head(table.HOST, b"Origin: https://app.example", b"Access-Control-Request-Method: POST",
                   line=b"OPTIONS " + table.PATH + b" HTTP/1.1")
    )[:20]  # fmt: skip


def test_the_table_says_what_it_means() -> None:
    assert len({row.why for row in TABLE}) == len(TABLE) > 200
    assert {row.comes_to for row in TABLE if isinstance(row.comes_to, str)} == {REFUSED, PLAIN, SAFE}
