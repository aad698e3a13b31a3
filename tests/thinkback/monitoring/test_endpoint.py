"""Who may read the metrics, and what stands in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from prometheus_client import CollectorRegistry

from providers import Pool
from thinkback import environment
from thinkback.environment import Environment
from thinkback.monitoring.calls import Calls
from thinkback.monitoring.endpoint import Metrics
from thinkback.monitoring.loop_lag import LoopLag
from thinkback.monitoring.registry import REGISTRY
from thinkback.monitoring.standing import Standing
from thinkback.usage.ledger import Ledger

TOKEN = "a-token-of-the-metrics"
HOST = (b"host", b"127.0.0.1:8000")


class SomeNetwork:
    """A network with a few connections."""

    def pool(self) -> Pool:
        return Pool(busy=2, idle=3)


async def asked(*headers: tuple[bytes, bytes], client: str = "127.0.0.1", method: str = "GET") -> tuple[int, str]:
    """Status and body of one request for the metrics."""
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {
        "type": "http", "method": method, "path": "/metrics", "query_string": b"",
        "headers": list(headers), "client": [client, 5],
    }  # fmt: skip
    await Metrics(REGISTRY)(scope, None, send)
    return messages[0]["status"], messages[1]["body"].decode()


async def test_this_machine_reads_them() -> None:
    status, body = await asked(HOST)
    assert status == 200
    assert "# TYPE gen_ai_client_operation_duration_seconds histogram" in body
    assert "process_resident_memory_bytes" in body


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.0.2.7", [HOST]),
        ("127.0.0.1", [(b"host", b"chat.example.org")]),
        ("127.0.0.1", [HOST, (b"x-forwarded-for", b"192.0.2.7")]),
        ("127.0.0.1", [HOST, (b"forwarded", b"for=192.0.2.7")]),
        ("", [HOST]),
    ],
    ids=["elsewhere", "another name", "a proxy before us", "the same, by its standard", "a Unix socket"],
)
async def test_nobody_else_does(settings: Any, client: str, headers: list[tuple[bytes, bytes]]) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "chat.example.org"]
    status, body = await asked(*headers, client=client)
    assert status == 403
    assert "gen_ai" not in body


@pytest.mark.parametrize("client", ["127.0.0.1", "192.0.2.7"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [(f"Bearer {TOKEN}", 200), (f"bearer  {TOKEN} ", 200), ("Bearer wrong", 401), (f"Basic {TOKEN}", 401), ("", 401)],
)
async def test_with_a_token_the_token_counts(settings: Any, client: str, given: str, expected: int) -> None:
    settings.METRICS_TOKEN = TOKEN
    status, _ = await asked(HOST, (b"authorization", given.encode()), client=client)
    assert status == expected


async def test_reading_only() -> None:
    assert (await asked(HOST, method="POST"))[0] == 405
    assert await asked(HOST, method="HEAD") == (200, "")


@pytest.mark.parametrize("text", ["short", "with a space in the middle", "sécret-sécret-sécret"])
def test_a_wrong_token_is_refused_by_name_alone(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="THINKBACK_METRICS_TOKEN: must have at least 16") as caught:
        Environment({"THINKBACK_METRICS_TOKEN": text}).optional("THINKBACK_METRICS_TOKEN", environment.bearer)
    assert text not in str(caught.value)


def test_what_is_true_at_the_moment() -> None:
    standing = Standing(Calls(CollectorRegistry()), Ledger(), LoopLag(), SomeNetwork())
    samples = [sample for family in standing.collect() for sample in family.samples]
    found = {(sample.name, *sample.labels.values()): sample.value for sample in samples}
    assert found["thinkback_open_streams",] == 0
    assert found["thinkback_ledger_ready",] == 0  # it was never started
    assert found["thinkback_upstream_connections", "busy"] == 2
    assert found["thinkback_upstream_connections", "idle"] == 3
