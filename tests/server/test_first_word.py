"""The first word reaches its reader before the second is spoken, whoever serves: nothing on the way collects them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.proxy.client import chat
from tests.world import small_world

PLANS = {"v1/chat/completions": "openai", "v1/messages": "anthropic"}


@pytest.mark.parametrize("server", ["daphne", "uvicorn", "granian"])
def test_it_comes_at_once(tmp_path: Path, server: str) -> None:
    with small_world(tmp_path / "data", THINKBACK_SERVER=server) as world:
        for path, kind in PLANS.items():
            address = f"{world.url}/api/proxy/{world.add(kind, retries=0)}/{path}"
            headers = {"authorization": f"Bearer {world.token}", "accept-encoding": "gzip, br"}
            body = chat("plan:chunks=2,gap=3600000")
            with httpx.stream("POST", address, headers=headers, content=body, timeout=30) as answer:
                first = next(answer.iter_raw())
                assert first.startswith((b"data: {", b"event: message_start\n"))
                assert answer.headers["content-type"].startswith("text/event-stream")
                assert "content-encoding" not in answer.headers and "content-length" not in answer.headers
                assert answer.headers["x-accel-buffering"] == "no"
                assert {"no-store", "no-transform"} <= set(answer.headers["cache-control"].split(", "))
