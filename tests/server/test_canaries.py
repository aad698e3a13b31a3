"""A canary key in every provider, and every failure there is: it is found in no answer, log, metric or file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

import providers
from tests.world import World, small_world

PLANS = ("status=400", "status=401", "status=403", "status=429", "status=500", "status=302", "cut=1,how=reset")
PLANS += ("cut=1,how=eof", "cut=2,how=error", "chunks=2", "first=3000")
PATHS = {
    "anthropic": "v1/messages",
    "google": "v1beta/models/{model}:streamGenerateContent",
    "vertex": "v1/publishers/google/models/{model}:streamGenerateContent",
}


def canary_of(kind: str) -> str:
    """A key of its own for each kind; to answer a 401, the provider repeats what it was shown."""
    return f"sk-canary-{kind}-0123456789abcdef"


def add_all(world: World) -> list[str]:
    """One provider of each kind that takes a key, all at the fake one."""
    kinds = [adapter.kind for adapter in providers.available() if adapter.needs_key]
    for kind in kinds:
        more = {"format": "openai"} if kind == "custom" else {}
        timeouts = {"first_byte_timeout": 1, "retries": 0}
        world.add(kind, name=f"My {kind}", api_key=canary_of(kind), **more, **timeouts)
    return kinds


def fail_everywhere(world: World, kind: str, slug: str) -> list[str]:
    """All that the failures of one provider say."""
    said = []
    headers = {"authorization": f"Bearer {world.token}"}
    with httpx.Client(headers=headers, timeout=30) as client:
        for plan in PLANS:
            path = PATHS.get(kind, "v1/chat/completions").format(model=f"plan-{plan}")
            body = {"model": f"plan:{plan}", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
            answer = client.post(f"{world.url}/api/proxy/{slug}/{path}", json=body)
            said.append(f"{answer.headers} {answer.text}")
        said.append(client.post(f"{world.url}/api/providers/{slug}/test").text)
        said.append(client.get(f"{world.url}/api/providers/{slug}").text)
    return said


def test_no_canary_sings(tmp_path: Path) -> None:
    with small_world(tmp_path / "data") as world:
        kinds = add_all(world)
        slugs = {row["kind"]: row["slug"] for row in world.api("GET", "/api/providers")["results"]}
        with ThreadPoolExecutor(8) as pool:  # they mostly wait
            rounds = list(pool.map(lambda kind: fail_everywhere(world, kind, slugs[kind]), kinds))
        said = [text for texts in rounds for text in texts]
        said += [str(world.records()), httpx.get(world.url + "/metrics").text]
        assert world.stats()["requests"] >= len(kinds) * (len(PLANS) - 1)
        world.server.stop()
        said.append(world.server.log)
        files = b"".join(path.read_bytes() for path in world.server.data.rglob("*") if path.is_file())
    for kind in kinds:
        key = canary_of(kind)
        for piece in (key, key[:18], key[-12:]):
            assert not [text for text in said if piece in text], f"{kind}: {piece}"
            assert piece.encode() not in files, f"{kind}: {piece} is stored"
