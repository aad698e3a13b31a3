"""Bytes to requests: httptools finds their parts, here they are put together and bounded."""

from __future__ import annotations

from typing import Any, Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from thinkback.serving.http import request
from thinkback.serving.http.body import Body
from thinkback.serving.refusal import MAX_BODY, Refusal, too_large

MAX_HEAD = 64 * 1024  # bytes of a request line with its headers, or of what surrounds the parts of a body


class Line(Protocol):
    """The connection, as its reader sees it."""

    def asked(self, scope: dict[str, Any], keeps: bool, expects: bool) -> Body:
        """A head is whole: returns where its body goes. `keeps`: the client may ask again on this connection."""

    def refuse(self, refusal: Refusal) -> None:
        """Nothing more is to be read."""

    def upgrade(self, scope: dict[str, Any], rest: bytes) -> None:
        """The client wants to go on as a WebSocket; `rest` has come behind its request."""


class Reader:
    """What one connection sends. The methods that begin with `on_` are called by httptools."""

    def __init__(self, line: Line) -> None:
        self.body: Body | None = None  # of the request that is being read, while its end has not come
        self.unread = 0  # bytes since the last that made sense
        self._line = line
        self._parser = HttpRequestParser(self)
        self._url = b""
        self._headers: request.Headers = []
        self._framing: dict[bytes, bytes] = {}
        self._socket: dict[str, Any] | None = None  # the scope of a request to become a WebSocket
        self._deaf = False

    def feed(self, data: memoryview) -> None:
        """Read on."""
        if self._deaf:
            return
        self.unread += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self.stop()
            if self._socket is not None:
                self._line.upgrade(self._socket, bytes(data[upgrade.args[0] :]))
        except HttpParserError as error:
            if not self._deaf:  # nothing is read behind the last request, or a refused one
                reason = error.__context__ if isinstance(error.__context__, Refusal) else None
                self._refuse(reason or Refusal(400, f"This is not HTTP: {error}."))
        else:
            if self.unread > MAX_HEAD:
                self._refuse(Refusal(431, f"The request's head is larger than {MAX_HEAD // 1024} KB."))

    def stop(self) -> None:
        """Throw away what still comes."""
        self._deaf = True

    def _refuse(self, refusal: Refusal) -> None:
        self.stop()
        self._line.refuse(refusal)

    def on_url(self, part: bytes) -> None:
        """The target, or a part of it."""
        self._url += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header. Those with underscores are not handed on: to others they look like hyphens (CVE-2015-0219)."""
        name = name.lower()
        if b"_" not in name:
            self._headers.append((name, value))
            if name in request.FRAMING:
                if name in self._framing:
                    raise Refusal(400, f"The header {name.decode()} stands there twice.")
                self._framing[name] = value

    def on_headers_complete(self) -> None:
        """A head is whole."""
        parser, url, headers, framing = self._parser, self._url, self._headers, self._framing
        self._url, self._headers, self._framing, self.unread = b"", [], {}, 0
        version, method = parser.get_http_version(), parser.get_method()
        request.check(version, method, len(headers), framing)
        scope = request.scope_of(method, url, version, headers)
        upgrades = parser.should_upgrade()
        if upgrades and framing.get(b"upgrade", b"").lower() == b"websocket":
            self._socket = scope
        else:
            keeps = version == "1.1" and parser.should_keep_alive() and not upgrades
            self.body = self._line.asked(scope, keeps, framing.get(b"expect", b"").lower() == b"100-continue")

    def on_body(self, data: bytes) -> None:
        """A part of a body; it is counted, for a chunked one says nothing of its size."""
        self.unread = 0
        if self.body is not None:
            self.body.put(data)
            if self.body.size > MAX_BODY:
                raise too_large()

    def on_message_complete(self) -> None:
        """A request has been read whole."""
        self.unread = 0
        body, self.body = self.body, None
        if body is not None:
            body.end()
        if not self._parser.should_keep_alive():
            self._deaf = True
