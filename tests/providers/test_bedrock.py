"""Bedrock: what is asked, what is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

import providers
from providers import (
    AuthFailed,
    Citation,
    Finish,
    InvalidRequest,
    Message,
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    Reasoning,
    Request,
    ServerFailed,
    Target,
    Text,
    TimedOut,
    ToolCall,
    Usage,
)
from tests.event_stream import MEDIA_TYPE, event, exception
from tests.providers.recorded import load, read, read_all

BEDROCK = providers.get("bedrock")
PAIR = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_chat_request() -> None:
    turns = (Message("user", "Hi"), Message("assistant", " "), Message("user", "你好"), Message("assistant", "Yes?"))
    exchange = BEDROCK.chat(Prompt("us.anthropic.claude-v1:0", turns, "Be kind.", 1.5, 9))
    assert exchange.path == "model/us.anthropic.claude-v1%3A0/converse-stream"
    assert json.loads(exchange.body) == {
        "messages": [
            {"role": "user", "content": [{"text": "Hi"}, {"text": "你好"}]},
            {"role": "assistant", "content": [{"text": "Yes?"}]},
        ],
        "system": [{"text": "Be kind."}],
        "inferenceConfig": {"temperature": 1.0, "maxTokens": 9},
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert set(json.loads(BEDROCK.chat(Prompt("m", (Message("user", "Hi"),))).body)) == {"messages"}


def test_an_answer_with_reasoning() -> None:
    expected = [
        Reasoning("Greet "),
        Reasoning("back."),
        Reasoning("", "EqoBCkgIARABGAIiQ=="),
        Text('Hello "stopReason": '),
        Text("你好 🦀é\u2028"),
        Finish("end_turn"),
    ]
    assert read("bedrock/converse.eventstream") == (expected, None)


def test_its_input_leaves_out_the_cache() -> None:
    events, _ = read_all(BEDROCK.reader(), [load("bedrock/converse.eventstream")])
    usage = next(event for event in events if isinstance(event, Usage))
    assert (usage.input_tokens, usage.output_tokens) == (2012, 31)
    assert (usage.cache_read_tokens, usage.cache_write_tokens, usage.cache_write_1h_tokens) == (1500, 500, 200)
    assert usage.service_tier == "default"


def test_a_whole_answer_reports_the_same_way() -> None:
    document = json.loads(load("bedrock/converse.json"))
    usage = BEDROCK.usage(document)
    assert usage is not None and (usage.input_tokens, usage.output_tokens) == (9, 3)
    assert BEDROCK.ends(document)


def test_usage_of_an_invocation() -> None:
    events, failure = read_all(BEDROCK.reader(), [load("bedrock/invoke.eventstream")])
    usage = [event for event in events if isinstance(event, Usage)][-1]
    assert failure is None
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (50, 4, 40)


def test_tool_calls() -> None:
    calls = [
        ToolCall("tooluse_a1", "get_weather", '{"city":"Paris","note":"{\\"}"}'),
        ToolCall("tooluse_b2", "get_time", "{}"),
    ]
    assert read("bedrock/tools.eventstream") == ([Text("I'll look."), *calls, Finish("tool_use")], None)


def test_sealed_and_signed_reasoning_pages_and_calls() -> None:
    (sealed, *rest), failure = read("bedrock/thinking_tools.eventstream")
    assert failure is None and isinstance(sealed, Reasoning) and sealed.hidden and not sealed.text
    assert rest == [
        Reasoning("Two cities, "),
        Reasoning("so two calls.\n"),
        Reasoning("", "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pki=="),
        Text("I look both up."),
        Citation("https://weather.example/", "Weather"),
        ToolCall("tooluse_a", "get_weather", '{"city": "Paris"}'),
        ToolCall("tooluse_b", "get_weather", '{"city": "東京", "days": 2}'),
        Finish("tool_use"),
    ]


@pytest.mark.parametrize("reason", ["max_tokens", "guardrail_intervened", "content_filtered", "stop_sequence"])
def test_stop_reasons_are_given_in_its_own_words(reason: str) -> None:
    body = event("messageStop", {"stopReason": reason}) + event("metadata", {})
    assert read_all(BEDROCK.reader(), [body]) == ([Finish(reason)], None)


@pytest.mark.parametrize(
    ("name", "kind", "status", "retryable"),
    [
        ("throttlingException", RateLimited, 429, True),
        ("modelStreamErrorException", ServerFailed, 424, True),
        ("internalServerException", ServerFailed, 500, True),
        ("serviceUnavailableException", ProviderUnavailable, 503, True),
        ("validationException", InvalidRequest, 400, False),
        ("modelTimeoutException", TimedOut, 408, True),
        ("newSortOfException", ServerFailed, None, True),
    ],
)
def test_an_exception_in_the_stream(name: str, kind: type[ProviderError], status: int | None, retryable: bool) -> None:
    body = event("messageStart", {"role": "assistant"}) + exception(name, "It happened.")
    _, failure = read_all(BEDROCK.reader(), [body])
    assert type(failure) is kind and (failure.status, failure.retryable) == (status, retryable)
    sampler = providers.Sampler(BEDROCK, MEDIA_TYPE)
    sampler.feed(body)
    assert type(sampler.reading().failure) is kind


@pytest.mark.parametrize(
    ("body", "status", "name", "kind"),
    [
        ("error_400_model", 400, "ValidationException", ModelNotSupported),
        ("error_400_profile", 400, "ValidationException:http://internal.amazon.com/", ModelNotSupported),
        ("error_403_access", 403, "AccessDeniedException", ModelNotSupported),
        ("error_403_key", 403, "UnrecognizedClientException", AuthFailed),
        ("error_424", 424, "ModelErrorException", ServerFailed),
        ("error_429", 429, "ThrottlingException", RateLimited),
        ("error_429", 400, "ServiceQuotaExceededException", QuotaExceeded),
        ("error_429", 429, "ModelNotReadyException", ProviderUnavailable),
    ],
)
def test_errors(body: str, status: int, name: str, kind: type[ProviderError]) -> None:
    failure = BEDROCK.failure(status, {"X-Amzn-ErrorType": name}, load(f"bedrock/{body}.json"))
    assert type(failure) is kind
    assert (failure.status, failure.code) == (status, name.partition(":")[0])


def test_an_error_that_names_itself_in_its_body() -> None:
    failure = BEDROCK.failure(
        400, {}, b'{"__type": "com.amazon.coral#ThrottlingException", "Message": "Rate exceeded"}'
    )
    assert type(failure) is RateLimited and failure.code == "ThrottlingException"


def test_models_and_profiles() -> None:
    models = BEDROCK.read_models(load("bedrock/models.json"))
    assert [(model.id, model.label, model.images) for model in models] == [
        ("amazon.nova-lite-v1:0", "Amazon Nova Lite", True),
        ("mistral.mistral-large-2402-v1:0", "Mistral AI Mistral Large (24.02)", False),
    ]
    assert [(model.id, model.label) for model in BEDROCK.read_models(load("bedrock/profiles.json"))] == [
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6", "Team seven"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "US Anthropic Claude Haiku 4.5"),
    ]
    assert [model.tools for model in models] == [None, None]  # it does not say
    assert BEDROCK.read_models(load("bedrock/profiles.json"))[1].tools is True  # for it is Claude


ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("model/a.b-v1:0/converse", Operation("chat", "a.b-v1:0", False, 5)),
        ("model/a.b-v1%3A0/converse-stream", Operation("chat", "a.b-v1:0", True, 5)),
        ("model/a.b-v1:0/invoke", Operation("chat", "a.b-v1:0", False, 5)),
        ("model/a.b-v1:0/invoke-with-response-stream", Operation("chat", "a.b-v1:0", True, 5)),
        (
            "model/amazon.titan-embed-text-v2:0/invoke",
            Operation("embeddings", "amazon.titan-embed-text-v2:0", False, 5),
        ),
        ("model/stability.sd3-5-large-v1:0/invoke", Operation("image", "stability.sd3-5-large-v1:0", False, 5)),
        ("model/m/count-tokens", Operation("count", "m", False, 5)),
        (f"model/{ARN.replace(':', '%3A').replace('/', '%2F')}/converse", Operation("chat", ARN, False, 5)),
        ("foundation-models", Operation("models")),
        ("inference-profiles", Operation("models")),
        ("guardrail/g/version/1/apply", Operation("other")),
    ],
)
def test_operations(path: str, expected: Operation) -> None:
    assert BEDROCK.operation("POST", path, b'{"inferenceConfig": {"maxTokens": 5}}') == expected


def test_the_same_request_to_another_model() -> None:
    assert BEDROCK.with_model("model/a%3A0/converse-stream", b"{}", "b:1") == ("model/b%3A1/converse-stream", b"{}")
    assert BEDROCK.with_model("model/a%3A0/invoke", b"{}", "b:1") is None


@pytest.mark.parametrize(
    ("root", "path", "host"),
    [
        ("https://bedrock-runtime.eu-west-1.amazonaws.com", "foundation-models", "bedrock.eu-west-1.amazonaws.com"),
        ("https://bedrock-runtime.eu-west-1.amazonaws.com", "inference-profiles", "bedrock.eu-west-1.amazonaws.com"),
        (
            "https://bedrock-runtime-fips.us-east-1.amazonaws.com",
            "foundation-models",
            "bedrock-fips.us-east-1.amazonaws.com",
        ),
        ("https://bedrock-runtime.eu-west-1.amazonaws.com", "model/m/converse", None),
        ("https://bedrock-runtime.eu-west-1.amazonaws.com", "x/foundation-models", None),
        ("https://bedrock-runtime.eu-west-1.amazonaws.com.evil.example", "foundation-models", None),
        ("https://evil.bedrock-runtime.eu-west-1.amazonaws.com", "foundation-models", None),
        ("https://bedrock.example.org", "foundation-models", None),
    ],
)
def test_only_lists_of_models_go_to_the_host_beside(root: str, path: str, host: str | None) -> None:
    url = BEDROCK.url(Target("bedrock", root), path)
    assert (url.scheme, url.host, url.path) == ("https", host or httpx.URL(root).host, f"/{path}")


def request_to(url: str) -> Request:
    made = httpx.URL(url)
    return Request("POST", made, [(b"host", made.netloc), (b"content-type", b"application/json")], b"{}")


def test_an_api_key_is_a_bearer_and_signs_nothing() -> None:
    assert BEDROCK.credentials("ABSKx") == {"authorization": "Bearer ABSKx"}
    request = request_to("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse")
    assert BEDROCK.signed(request, "ABSKx", MOMENT) is BEDROCK.signed(request, None, MOMENT) is request


def test_an_access_key_signs_and_is_not_sent() -> None:
    assert BEDROCK.credentials(PAIR) == {}
    request = request_to("https://bedrock-runtime.eu-central-1.amazonaws.com/model/a:0/converse?x=a:b")
    signed = BEDROCK.signed(request, f" {PAIR} ", MOMENT)
    assert signed.url.raw_path == b"/model/a%3A0/converse?x=a:b"
    told = dict(signed.headers)[b"authorization"].decode()
    assert "/20260102/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date," in told
    assert "wJalr" not in repr(signed.headers)
    later = BEDROCK.signed(request, PAIR, MOMENT.replace(day=3))
    assert later.headers != signed.headers


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("bedrock-runtime.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("vpce-0a-1b.bedrock-runtime.ap-southeast-2.vpce.amazonaws.com", "ap-southeast-2"),
        ("127.0.0.1", "us-east-1"),
    ],
)
def test_the_region_stands_in_the_address(host: str, region: str) -> None:
    signed = BEDROCK.signed(request_to(f"https://{host}/model/m/converse"), PAIR, MOMENT)
    assert f"/20260102/{region}/bedrock/".encode() in dict(signed.headers)[b"authorization"]


def test_half_an_access_key_is_refused() -> None:
    with pytest.raises(AuthFailed):
        BEDROCK.credentials("AKIAIOSFODNN7EXAMPLE")


@pytest.mark.parametrize("key", ["ABSKQmVkcm9jaw==", "bedrock-api-key-YmVkcm9jaw==", PAIR])
def test_its_keys_are_recognised(key: str) -> None:
    assert providers.recognise(key) is BEDROCK
