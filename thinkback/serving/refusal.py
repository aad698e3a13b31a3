"""What the server itself refuses, in the shape of every other error; and how large a body and a message may be."""

from __future__ import annotations

import json
from http import HTTPStatus

MAX_BODY = 32 * 1024 * 1024  # bytes; the largest that any provider takes in one request
MAX_MESSAGE = 1024 * 1024  # bytes of one WebSocket message
LINGER = 2.0  # seconds in which what a refused client still sends is thrown away, so that it reads the answer


class Refusal(Exception):
    """Why a request is not served: a status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = "server_error" if status >= 500 else "invalid_request"
        self.body = json.dumps({"error": {"type": self.kind, "message": message}}).encode()

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of its answer, after which the connection ends."""
        return [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body)).encode()),
            (b"connection", b"close"),
            (b"cache-control", b"no-store"),
            (b"x-thinkback-error", self.kind.encode()),
        ]

    @property
    def response(self) -> bytes:
        """The whole answer as HTTP/1.1 writes it."""
        head = b"HTTP/1.1 %d %b\r\n" % (self.status, HTTPStatus(self.status).phrase.encode())
        return head + b"".join(b"%b: %b\r\n" % pair for pair in self.headers) + b"\r\n" + self.body


def too_large() -> Refusal:
    """The refusal of a body beyond the limit."""
    return Refusal(413, f"The request is larger than {MAX_BODY // 1024 // 1024} MB. Send less at once.")
