"""The real server's log and metrics, after calls that failed in many ways: not a piece of a key or token."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.world import CANARY, small_world


def test_failing_calls_leave_no_secret(tmp_path: Path) -> None:
    with small_world(tmp_path / "data") as world:
        world.add("openai")
        bearer = {"authorization": f"Bearer {world.token}"}
        chat, there = {"messages": [{"role": "user", "content": "Hi"}]}, world.url + "/api/proxy/openai/v1/chat"
        for plan in ("status=401", "status=429", "status=500", "cut=1,how=reset"):
            httpx.post(f"{there}/completions?key={world.token}", json={**chat, "model": f"plan:{plan}"})
        stranger = httpx.post(f"{there}/completions?key={world.token}x", json=chat, headers={"x-api-key": CANARY})
        nowhere = httpx.post(f"{world.url}/api/proxy/{world.token}/v1/x", headers=bearer)
        api = httpx.get(f"{world.url}/api/usage/records?token={world.token}", headers=bearer)
        assert (stranger.status_code, nowhere.status_code, api.status_code) == (401, 404, 400)
        metrics = httpx.get(world.url + "/metrics").text
        world.server.stop()
        for kind in ("auth_failed", "rate_limit", "server_error"):
            assert f'error_type="{kind}"' in metrics
        assert 'thinkback_strangers_refused_total{reason="unknown_token"} 1.0' in metrics
        assert "/api/proxy/openai/v1/chat/completions" in world.server.log
        for secret in (world.token, world.token[3:19], world.token[-12:], CANARY, CANARY[3:19], CANARY[-12:]):
            assert secret not in world.server.log
            assert secret not in metrics
