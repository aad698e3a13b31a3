"""uvicorn's HTTP, with our own bounds: its parser gathers a head, or what surrounds a chunk, without end."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from thinkback.serving.http.reader import MAX_HEAD


class BoundedProtocol(HttpToolsProtocol):
    """One connection. What uvicorn's parser cannot read, and what is refused here, is answered with 400."""

    unread = 0  # bytes since the last that made sense

    def data_received(self, data: bytes) -> None:
        """Read on, unless there is no end in sight."""
        self.unread += len(data)
        super().data_received(data)
        if self.unread > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response(f"The request's head is larger than {MAX_HEAD // 1024} KB.")

    def on_headers_complete(self) -> None:
        """A head is whole. Raises ValueError, which the parser turns into a refusal."""
        self.unread = 0
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > MAX_HEAD or b"#" in self.url:  # uvicorn would cut a fragment off, and ask for another path
            raise ValueError("a head too large, or a fragment in a target")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request has been read whole."""
        self.unread = 0
        super().on_message_complete()
