"""A key and a token go through everything that can fail; neither log nor metrics show a piece of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.proxy.client import CHAT, GENERATE, MESSAGES, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Upstream
from thinkback.logs import Formatter
from thinkback.monitoring.calls import Calls

KEY = "sk-canary-0123456789abcdefWXYZ"  # what the provider gets
TOKEN = "tb_canary0123456789abcdefghijklmnopqrstuvwx"  # what the caller sends
PIECES = ("canary", "0123456789", "WXYZ", "qrstuvwx")


class Witness(logging.Handler):
    """Keeps the lines as they would stand in the server's log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def witness() -> Iterator[Witness]:
    found, root = Witness(), logging.getLogger()
    level = root.level
    root.addHandler(found)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(found)
    root.setLevel(level)


@pytest.fixture
def registry(host: FakeHost) -> CollectorRegistry:
    """What the metrics are counted in."""
    registry = CollectorRegistry()
    host.observer = Calls(registry)
    host.key = KEY
    host.tokens[TOKEN] = host.alice
    return registry


class Broken(httpx.AsyncBaseTransport):
    """Fails with something that nobody foresaw, and that says more than it should."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"cannot send {request.headers} with {KEY} for {TOKEN}")


def clean(witness: Witness, registry: CollectorRegistry) -> str:
    """The metrics, when neither they nor the log hold a piece of a secret."""
    metrics = generate_latest(registry).decode()
    for piece in PIECES:
        assert piece not in "\n".join(witness.lines)
        assert piece not in metrics
    return metrics


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE])
@pytest.mark.parametrize(
    ("plan", "kind"),
    [
        ("status=401", "auth_failed"),
        ("status=429", "rate_limit"),
        ("status=500", "server_error"),
        ("cut=1,how=reset", "network_error"),
        ("cut=1,how=eof", "server_error"),
    ],
)
async def test_what_the_provider_does(
    host: FakeHost, witness: Witness, registry: CollectorRegistry, path: str, plan: str, kind: str
) -> None:
    model = f"plan-{plan}"
    target = f"{path.format(model=model)}{'&' if '?' in path else '?'}key={TOKEN}&alt=sse"
    await fetch(host, target, chat(model), headers={})
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", kind)
    assert f'error_type="{kind}"' in clean(witness, registry)


async def test_a_provider_that_is_not_there(host: FakeHost, witness: Witness, registry: CollectorRegistry) -> None:
    host.connections["openai"] = replace(
        host.connections["openai"], target=replace(host.connections["openai"].target, base_url="http://127.0.0.1:1")
    )
    reply = await fetch(host, body=chat(), headers={"authorization": f"Bearer {TOKEN}"})
    assert reply.headers["x-thinkback-error"] == "network_error"
    assert 'error_type="network_error"' in clean(witness, registry)


async def test_a_provider_that_is_silent(host: FakeHost, witness: Witness, registry: CollectorRegistry) -> None:
    host.connections["openai"] = replace(host.connections["openai"], first_byte_timeout=0.05)
    reply = await fetch(host, body=chat("plan:first=5000"), headers={"x-api-key": TOKEN})
    assert reply.headers["x-thinkback-error"] == "timeout"
    assert 'error_type="timeout"' in clean(witness, registry)


async def test_a_failure_of_our_own(host: FakeHost, witness: Witness, registry: CollectorRegistry) -> None:
    host.carrier = Broken()
    reply = await fetch(host, body=chat(), headers={"authorization": f"Bearer {TOKEN}"})
    assert reply.status == 500
    assert 'error_type="server_error"' in clean(witness, registry)
    assert any("RuntimeError" in line for line in witness.lines), "the log says what failed"


async def test_secrets_in_the_wrong_place(
    host: FakeHost, upstream: Upstream, witness: Witness, registry: CollectorRegistry
) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    await fetch(host, body=chat(KEY), headers=bearer)  # as the model, which answers
    await fetch(host, f"/api/proxy/{TOKEN}/v1/models", method="GET", headers=bearer)
    await fetch(host, body=chat(), headers={"authorization": f"Bearer {TOKEN}x"})
    await fetch(host, body=chat(), headers=bearer | {"x-thinkback-provider-key": KEY})
    assert len(upstream.requests) == 2
    assert 'reason="unknown_token"' in clean(witness, registry)
