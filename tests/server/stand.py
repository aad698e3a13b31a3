"""A server process for tests of the server alone: a few lines of ASGI and two services that say what happens to them.

Run as `python -m tests.server.stand daphne|uvicorn|granian`; it takes a free port and prints it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from thinkback.serving import granian_server, uvicorn_server
from thinkback.serving.body_limit import BodyLimit
from thinkback.serving.daphne_server import Server
from thinkback.serving.lifecycle import Lifecycle
from thinkback.serving.lifespan import Lifespan

MEGABYTE = b"x" * 1024 * 1024


def say(*words: object) -> None:
    """One line to whoever started us."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Service:
    """Says when it is started and stopped."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def start(self) -> None:
        say("start", self.name)

    async def stop(self) -> None:
        say("stop", self.name)


LIFECYCLE = Lifecycle((Service("ledger"), Service("jobs")))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """/stream/N/SECONDS streams N megabytes, one each SECONDS; anything else says how much came in."""
    if scope["type"] == "lifespan":
        await Lifespan(LIFECYCLE)(scope, receive, send)
    elif scope["type"] == "websocket":
        await shower(receive, send)
    elif scope["path"].startswith("/break/"):
        await break_off(scope, send)
    elif scope["path"].startswith("/status/"):
        await bare(scope, send)
    elif scope["path"].startswith("/length/"):
        await promise(scope, send)
    elif scope["path"].startswith("/stream/"):
        _, _, count, seconds = scope["path"].split("/")
        await stream(send, int(count), float(seconds))
    else:
        await count_body(receive, send)


async def stream(send: Any, count: int, seconds: float) -> None:
    """A long answer, which says how it ended."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    try:
        for number in range(count):
            await send({"type": "http.response.body", "body": MEGABYTE, "more_body": True})
            say("sent", number + 1)
            await asyncio.sleep(seconds)
        await send({"type": "http.response.body", "body": b"end"})
        say("finished")
    except asyncio.CancelledError:
        say("cancelled")
        raise


async def bare(scope: dict[str, Any], send: Any) -> None:
    """Nothing but a status and a few words, which not every status lets through."""
    await send({"type": "http.response.start", "status": int(scope["path"].rpartition("/")[2]), "headers": []})
    await send({"type": "http.response.body", "body": b"words", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def promise(scope: dict[str, Any], send: Any) -> None:
    """Five bytes under another Content-Length."""
    headers = [(b"content-length", scope["path"].rpartition("/")[2].encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"words"})


async def break_off(scope: dict[str, Any], send: Any) -> None:
    """Half an answer; then /break/fail fails, and /break/abort asks for the end of the connection if it may."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    abort = scope.get("extensions", {}).get("thinkback.abort")
    if scope["path"] == "/break/fail" or abort is None:
        raise ConnectionAbortedError("as asked")
    abort()


async def count_body(receive: Any, send: Any) -> None:
    """Read a body and answer with its length."""
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    say("body", length)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


async def shower(receive: Any, send: Any) -> None:
    """A WebSocket that sends faster than anybody reads."""
    await receive()
    await send({"type": "websocket.accept"})
    for number in range(200):
        await send({"type": "websocket.send", "bytes": MEGABYTE[: 1024 * 1000]})
        say("sent", number + 1)


def main(kind: str) -> None:
    """Serve until told to stop."""

    def ready(host: str, port: int) -> None:
        say("port", port)

    limited = BodyLimit(application)
    if kind == "daphne":
        Server(limited, LIFECYCLE, ready).serve("127.0.0.1", 0)
    elif kind == "granian":
        granian_server.serve(limited, LIFECYCLE, ready, "127.0.0.1", 0)
    else:
        uvicorn_server.serve(limited, LIFECYCLE, ready, "127.0.0.1", 0)
    say("bye")


if __name__ == "__main__":
    main(sys.argv[1])
