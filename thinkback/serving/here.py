"""Where this server listens, for programs on this machine that are to call it."""

from __future__ import annotations


class Here:
    """The address, known once the port is open."""

    def __init__(self) -> None:
        self.port = 0
        self.url = ""

    def is_at(self, host: str, port: int) -> None:
        """It listens there; where that is every address, it is reached by the loopback one."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - comparing
        self.port = port
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


HERE = Here()
