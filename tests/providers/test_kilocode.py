"""Kilo's gateway, and ThinkBackCode's, which is built like it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import providers
from providers import (
    AuthFailed,
    Finish,
    Message,
    Model,
    ModelNotSupported,
    Prompt,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    Reasoning,
    Sampler,
    Target,
    Text,
    ToolCall,
)
from tests.providers.recorded import load, read

KILO = providers.get("kilocode")
TARGET = Target("kilocode", "https://api.kilo.ai/api/gateway", options={"organization": "0b3a"})


@pytest.mark.parametrize(
    ("root", "path", "expected"),
    [
        ("https://api.kilo.ai/api/gateway", "v1/chat/completions", "https://api.kilo.ai/api/gateway/chat/completions"),
        ("https://api.kilo.ai/api/gateway", "v1/models", "https://api.kilo.ai/api/gateway/models"),
        ("https://api.kilo.ai/api/gateway/v1", "v1/models", "https://api.kilo.ai/api/gateway/v1/models"),
        ("https://ai-gateway.kilo.ai/api/v1", "v1/models", "https://ai-gateway.kilo.ai/api/v1/models"),
        ("https://api.kilo.ai/api/gateway", "api/profile/balance", "https://api.kilo.ai/api/profile/balance"),
        ("https://code.example/tb/api/gateway", "api/profile", "https://code.example/tb/api/profile"),
        ("https://code.example", "api/profile", "https://code.example/api/profile"),
    ],
)
def test_addresses(root: str, path: str, expected: str) -> None:
    for kind in ("kilocode", "thinkbackcode"):
        assert str(providers.get(kind).url(Target(kind, root), path)) == expected


def test_who_pays_is_told_in_a_header() -> None:
    assert KILO.headers(TARGET) == {"x-kilocode-organizationid": "0b3a"}
    assert KILO.headers(Target("kilocode", TARGET.base_url)) == {}


def test_the_form_asks_for_a_token_and_an_organization() -> None:
    fields = {field.name: field for field in KILO.fields()}
    assert fields["api_key"].label == "Token" and fields["api_key"].required
    assert "organization" in fields and "ask_for_usage" not in fields


def test_thinkbackcode_lies_where_its_user_says() -> None:
    adapter = providers.get("thinkbackcode")
    assert not adapter.base_url
    assert {field.name: field for field in adapter.fields()}["base_url"].required
    assert adapter.failure(401, {}, b"").message.startswith("ThinkBackCode refused")


def test_a_token_chooses_no_host() -> None:
    token = "https://evil.example/:abc"  # newer clients of Kilo's own take their address from such a token
    assert KILO.credentials(token) == {"authorization": f"Bearer {token}"}
    assert KILO.url(TARGET, "v1/models").host == "api.kilo.ai"


def test_usage_comes_unasked() -> None:
    assert "stream_options" not in json.loads(KILO.chat(Prompt("m", (Message("user", "Hi"),))).body)


def test_answers() -> None:
    assert read("kilocode/chat.sse") == ([Reasoning("Hm. "), Text("Fine."), Finish("stop")], None)
    assert read("thinkbackcode/chat.sse") == read("kilocode/chat.sse")
    assert read("kilocode/tools.sse") == ([ToolCall("toolu_1", "look", '{"at":"x"}'), Finish("tool_calls")], None)


@pytest.mark.parametrize(
    ("name", "cost"), [("chat", "0.00095"), ("byok", "0.0021"), ("vercel", "0.000498"), ("tools", "0.00095")]
)
def test_the_cost_is_what_the_model_cost(name: str, cost: str) -> None:
    sampler = Sampler(KILO, "text/event-stream")
    sampler.feed(load(f"kilocode/{name}.sse"))
    usage = sampler.reading().usage
    assert usage is not None and usage.cost_usd == Decimal(cost)


@pytest.mark.parametrize(
    ("raw", "cost"),
    [
        ({"cost": 0.5}, Decimal("0.5")),
        ({"cost": 0, "cost_details": {"upstream_inference_cost": 0}}, Decimal(0)),
        ({"cost": 0.5, "cost_details": {"upstream_inference_cost": None}}, Decimal("0.5")),
        ({"cost": 0, "is_byok": True}, None),
        ({"cost": 0.5, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, Decimal("0.2")),
        ({"cost": 0.5, "is_byok": True, "cost_details": {"upstream_inference_cost": 0}}, Decimal(0)),
        ({}, None),
    ],
)
def test_an_unknown_cost_is_unknown(raw: dict[str, object], cost: Decimal | None) -> None:
    usage = KILO.usage({"usage": {"prompt_tokens": 1, "completion_tokens": 1, **raw}})
    assert usage is not None and usage.cost_usd == cost


@pytest.mark.parametrize("stated", ["x", "nan", 3, None, {}])
def test_a_market_price_that_is_none(stated: object) -> None:
    delta = {"provider_metadata": {"gateway": {"marketCost": stated}}}
    usage = KILO.usage({"choices": [{"delta": delta}], "usage": {"prompt_tokens": 1}})
    assert usage is not None and usage.cost_usd is None


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("error_401", 401, AuthFailed),
        ("error_401_paid", 401, AuthFailed),
        ("error_401_promotion", 401, QuotaExceeded),
        ("error_402", 402, QuotaExceeded),
        ("error_402_metadata", 402, QuotaExceeded),
        ("error_404", 404, ModelNotSupported),
        ("error_503", 503, ProviderUnavailable),
    ],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    failure = KILO.failure(status, {}, load(f"kilocode/{name}.json"))
    assert (type(failure), failure.status) == (kind, status)


@pytest.mark.parametrize(
    ("name", "words", "link"),
    [
        ("error_402", ("Low Credit Warning!", "switch to a free model", "$-0.01"), "https://app.kilo.ai/profile"),
        ("error_402_metadata", ("Low balance", "Insufficient credits", "$0.12"), "https://app.kilo.ai/credits"),
    ],
)
def test_an_empty_account_is_told_in_its_own_words_with_its_link(name: str, words: tuple[str, ...], link: str) -> None:
    failure = KILO.failure(402, {}, load(f"kilocode/{name}.json"))
    assert all(word in failure.message for word in words), failure.message
    assert failure.link == link


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "http://app.kilo.ai/", "https://user:pw@app.kilo.ai/", "https://localhost/", "//x.ai/", 3,
     "https://app.kilo.ai/\r\nX: y", "https://app.kilo.ai/" + "x" * 600, "https://app.kilo.ai/ключ", None],
)  # fmt: skip
def test_a_link_that_is_no_web_page_is_not_shown(link: object) -> None:
    body = json.dumps({"error": {"message": "Low", "buyCreditsUrl": link}}).encode()
    assert KILO.failure(402, {}, body).link == ""


def test_an_error_in_mid_answer() -> None:
    events, failure = read("kilocode/error_in_stream.sse")
    assert events == [Text("So")] and type(failure) is ProviderUnavailable


def test_models() -> None:
    assert KILO.read_models(load("kilocode/models.json")) == [
        Model("anthropic/claude-sonnet-4.5", "Anthropic: Claude Sonnet 4.5", 1_000_000, 64_000, True, True, True),
        Model("kilo-auto/free", "Kilo: Auto Free", 204_800, 32_000, None, False, None),
    ]
