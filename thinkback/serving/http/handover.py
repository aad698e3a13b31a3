"""A connection that becomes a WebSocket is Twisted's from then on: Daphne's protocol over autobahn."""

from __future__ import annotations

import os
from typing import Any

from twisted.internet import reactor
from twisted.internet.protocol import Factory

from thinkback.serving.http.request import head_of


class Opening(Factory):
    """Makes one WebSocket, which first reads what has been read already."""

    noisy = False

    def __init__(self, sockets: Any, scope: dict[str, Any], rest: bytes) -> None:
        self.sockets = sockets
        self.scope = scope
        self.rest = rest

    def buildProtocol(self, address: Any) -> Any:
        """Daphne's WebSocket, with what Daphne's own HTTP would have told it."""
        socket = self.sockets.buildProtocol(address)
        socket._raw_query_string = self.scope["query_string"]
        socket.beginning = head_of(self.scope) + self.rest
        return socket


def hand_over(transport: Any, sockets: Any, scope: dict[str, Any], rest: bytes) -> None:
    """Give a connection's socket to the reactor, and end the event loop's own transport over it."""
    socket = transport.get_extra_info("socket")
    copy = os.dup(socket.fileno())  # the transport closes its own
    transport.abort()
    try:
        reactor.adoptStreamConnection(copy, socket.family, Opening(sockets, scope, rest))
    finally:
        os.close(copy)
