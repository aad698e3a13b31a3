"""Daphne's WebSockets with a valve: a page that stops reading stops its sender, not the memory."""

from __future__ import annotations

from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from thinkback.serving.valve import Valve


class Socket(WebSocketProtocol):
    """One WebSocket; the valve is the transport's producer."""

    beginning = b""  # the upgrade, which has been read already

    def connectionMade(self) -> None:
        """Read the upgrade."""
        self.valve = Valve()
        self.transport.registerProducer(self.valve, True)
        super().connectionMade()
        self.dataReceived(self.beginning)

    def connectionLost(self, reason: Any) -> None:
        """The page is gone."""
        self.valve.stopProducing()
        super().connectionLost(reason)


class SocketFactory(WebSocketFactory):
    """Makes the WebSockets."""

    protocol = Socket
