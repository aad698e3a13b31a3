"""The fake upstream: a real HTTP/1.1 server on loopback that says, stalls, breaks and lies, and remembers what it saw.

    async with Upstream() as upstream: …  upstream.url, upstream.requests, upstream.stats

`python -m tests.upstream PORT` serves by itself and tells its port; `GET /stats` answers with the counts, `GET /seen`
with the models asked for, `GET /last` with the latest request.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from tests import event_stream, ollama_wire, wire
from tests.faulty import FAULTS, RESET, break_off
from tests.wire import Plan

NATIVE = {"messages": (wire.anthropic_stream, wire.anthropic_whole), "chat": (wire.cohere_stream, wire.cohere_whole)}
CLOSE = object()  # among the parts of a reply: break the connection off here


@dataclass
class Request:
    """What arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def json(self) -> Any:
        return json.loads(self.body) if self.body.startswith(b"{") else {}


@dataclass
class Stats:
    """What happened. `aborted` counts clients that left in the middle; `aborted_at` is by `time.perf_counter`."""

    requests: int = 0
    active: int = 0
    finished: int = 0
    aborted: int = 0
    connections: int = 0
    bytes_sent: int = 0
    aborted_at: float | None = None


@dataclass
class Reply:
    """A reply told to the letter. Without `length`, parts go out as chunks of the transfer encoding.

    A part that is a number is a pause in seconds; CLOSE and RESET break off. `length` may be a lie.
    """

    parts: Iterable[bytes | float | object]
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})
    length: int | None = None
    before: float = 0.0  # seconds
    bare: bool = False  # without any head: the parts are all that is said


class Upstream:
    """The server. Set `reply` to have every request answered with it, `key` to demand one."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.stats = Stats()
        self.requests: list[Request] = []
        self.reply: Reply | None = None
        self.key: str | None = None
        self.failed: Counter[object] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Request:
        return self.requests[-1]

    async def __aenter__(self) -> Upstream:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def idle(self, seconds: float = 5.0) -> None:
        """Wait until nothing is being answered any more."""
        async with asyncio.timeout(seconds):
            while self.stats.active:
                await asyncio.sleep(0.002)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.stats.connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await read_request(reader)
        if request.path == "/stats":
            await send(writer, document(asdict(self.stats)), self.stats)
            return True
        if request.path == "/seen":
            await send(writer, document([request.json().get("model") for request in self.requests]), self.stats)
            return True
        if request.path == "/last":
            last = self.requests[-1]
            told = {"path": last.path, "target": last.target, "headers": str(last.headers), "body": last.json()}
            await send(writer, document(told), self.stats)
            return True
        self.requests.append(request)
        self.stats.requests += 1
        self.stats.active += 1
        work = asyncio.create_task(send(writer, self.reply or self._plan(request), self.stats))
        left = asyncio.create_task(reader.read(1))  # whoever waits for an answer sends nothing more, unless he leaves
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
            if work.done() and work.exception() is None and work.result():
                self.stats.finished += 1
                return left.cancel()
            if left.done():
                self.stats.aborted += 1
                self.stats.aborted_at = time.perf_counter()
            return False
        finally:
            self.stats.active -= 1
            for task in (work, left):
                task.cancel()
            await asyncio.gather(work, left, return_exceptions=True)

    def _turn(self, model: object, plan: Plan) -> Plan:
        """The plan of this one request, where only the first few fail."""
        if not plan.fails:
            return plan
        self.failed[model] += 1
        if self.failed[model] > plan.fails:
            return replace(plan, status=200, cut=-1)
        return plan if plan.status >= 300 or plan.cut >= 0 else replace(plan, status=503)

    def _plan(self, request: Request) -> Reply:
        body = request.json()
        model = named_in(request.path) or body.get("model")
        plan = self._turn(model, Plan.parse(model))
        sent = {request.headers.get(name, "").removeprefix("Bearer ") for name in ("authorization", "x-api-key")}
        sent |= {request.headers.get(name, "") for name in ("x-goog-api-key", "api-key")}
        if self.key is not None and self.key not in sent:
            plan = Plan(status=401)
        if plan.status >= 300:
            said = refusal(request.path, plan.status, wire.COMPLAINTS.get(plan.code, f"No: {sorted(sent)}"), plan.code)
            said.headers |= {"retry-after": wire.stated(plan.retry)} if plan.retry else {}
            return said
        reply = bedrock(request.path, plan) or answer_of_ollama(request, plan, body) or answer(request, plan, body)
        reply.before = plan.first / 1000
        return FAULTS[plan.fault](reply) if plan.fault else reply


def named_in(path: str) -> str:
    """The model in a path, where the service names it there: Google, and AWS."""
    if path.startswith("/model/"):
        return unquote(path.removeprefix("/model/").rpartition("/")[0])
    return unquote(path.rpartition("/models/")[2].rpartition(":")[0])


def refusal(path: str, status: int, message: str, code: str = "") -> Reply:
    """An error answer; its code is OpenAI's."""
    if not path.startswith("/model/"):
        complaint = wire.complaint(path, status, message)
        if code:
            complaint["error"]["code"] = code
        return document(complaint, status)
    headers, body = event_stream.complaint(status, message)
    return Reply([body], status, standard("application/json") | headers, length=len(body))


def bedrock(path: str, plan: Plan) -> Reply | None:
    """What AWS would say; None where the path is not its."""
    streams = {
        "converse-stream": event_stream.converse_stream,
        "invoke-with-response-stream": event_stream.invoke_stream,
    }
    name = path.rpartition("/")[2]
    if path.startswith("/model/") and name in streams:
        return Reply(paced(streams[name](plan), plan, path), headers=standard(event_stream.MEDIA_TYPE))
    if path.startswith("/model/"):
        return document(event_stream.converse(plan))
    lists = {"/foundation-models": event_stream.models, "/inference-profiles": event_stream.profiles}
    return document(lists[path]()) if path in lists else None


def answer(request: Request, plan: Plan, body: dict[str, Any]) -> Reply:
    """What a provider would say to this request."""
    path, streams = request.path, body.get("stream") is True
    events: Iterable[bytes] | None = None
    whole: dict[str, Any] = {"object": "thing", "path": path}
    if path.endswith("/models"):
        whole = wire.models(request.headers, request.target)
    elif path.endswith(("/messages", "/chat", "awPredict")):  # the last is Claude on Vertex AI
        streamed, at_once = NATIVE["messages" if path.endswith("awPredict") else path.rpartition("/")[2]]
        events, whole = streamed(plan), at_once(plan)
    elif path.endswith("/responses") or "/images/" in path:
        events, whole = wire.of_openai(path, plan)
    elif path.endswith("enerateContent"):
        events, whole = (
            wire.google_stream(plan),
            wire.google_whole(plan, wire.dump(body) if plan.echo else "".join(plan.texts())),
        )
        streams = path.endswith(":streamGenerateContent") and "alt=sse" in request.target
    elif path.endswith("completions"):
        events, whole = wire.openai_stream(plan, body), wire.openai_whole(plan)
    elif path.endswith("/embeddings"):
        usage = {"prompt_tokens": wire.INPUT, "total_tokens": wire.INPUT}
        row = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
        whole = {"object": "list", "data": [row], "model": "said-model", "usage": usage}
    if not streams or events is None:
        return document(wire.complaint(path, 529, "Overloaded") if plan.how == "error" and plan.cut >= 0 else whole)
    return Reply(paced(wire.commented(iter(events), plan), plan, path), headers=standard("text/event-stream"))


def answer_of_ollama(request: Request, plan: Plan, body: dict[str, Any]) -> Reply | None:
    """What Ollama would say to this request; None for one that is not of its own API."""
    said = ollama_wire.said(request.path, plan, body)
    if said is None or isinstance(said, dict):
        return said and document(said)
    return Reply(paced(said, plan, request.path), headers=standard("application/x-ndjson"))


def paced(events: Iterable[bytes], plan: Plan, path: str) -> Iterable[bytes | float | object]:
    """The events with their pauses, and with the break that the plan asks for."""
    for number, event in enumerate(events):
        if number == plan.cut:
            yield from broken(event, plan, path)
            return
        if pause := plan.gap if number else plan.start:
            yield pause / 1000
        yield event


def broken(event: bytes, plan: Plan, path: str) -> Iterable[bytes | float | object]:
    """The end of a stream that does not end well."""
    if plan.how == "stall":
        yield 3600.0
    elif plan.how == "half":
        yield event[: len(event) // 2]
    elif plan.how == "error" and path.startswith("/model/"):
        yield event_stream.exception("serviceUnavailableException", "Overloaded")
    elif plan.how == "error" and "/api/" in path:
        yield ollama_wire.line({"error": "Overloaded"})
    elif plan.how == "error":
        failure = wire.failure_event(path, 529, "Overloaded")
        yield wire.named(failure) if "type" in failure else wire.data(failure)
    elif plan.how == "reset":
        yield CLOSE


def standard(kind: str) -> dict[str, str]:
    """Headers as a provider sends them, among them some that nobody else should see."""
    return {
        "content-type": kind,
        "x-request-id": "req_fake",
        "openai-organization": "org-secretsecret",
        "set-cookie": "upstream=1",
        "server": "fake",
        "access-control-allow-origin": "*",
        "x-ratelimit-remaining-requests": "7",
    }


def document(value: Any, status: int = 200) -> Reply:
    """A JSON answer."""
    body = json.dumps(value).encode()
    return Reply([body], status, standard("application/json"), length=len(body))


async def read_request(reader: asyncio.StreamReader) -> Request:
    """One request off the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers: dict[str, str] = {}
    for line in filter(None, head[1:]):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body)


async def send(writer: asyncio.StreamWriter, reply: Reply, stats: Stats) -> bool:
    """Send a reply; whether the connection may go on living."""
    await asyncio.sleep(reply.before)
    headers = dict(reply.headers)
    chunked = reply.length is None and not reply.bare
    headers |= {"transfer-encoding": "chunked"} if chunked else {"content-length": str(reply.length)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if not reply.bare:
        writer.write(f"HTTP/1.1 {reply.status} Said\r\n{lines}\r\n".encode("latin-1"))
    sent = 0
    async for part in parts_of(reply):
        if part is CLOSE or part is RESET:
            return break_off(writer, reset=part is RESET)
        assert isinstance(part, bytes)
        writer.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        stats.bytes_sent += len(part)
        sent += len(part)
        await writer.drain()
    if chunked:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return chunked or sent == reply.length


async def parts_of(reply: Reply) -> AsyncIterator[bytes | object]:
    """The parts, after their pauses."""
    for part in reply.parts:
        if isinstance(part, int | float):
            await asyncio.sleep(part)
        elif part:
            yield part


async def main(port: int) -> None:
    """Serve until killed."""
    async with Upstream(port) as upstream:
        sys.stdout.write(f"{upstream.port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
