"""Vertex AI: the key file and its token, addresses by project and location, Gemini and Claude."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

import providers
from providers import (
    AuthFailed,
    Finish,
    ImageAddress,
    InvalidRequest,
    Message,
    ModelNotSupported,
    Operation,
    Prompt,
    ProviderError,
    RateLimited,
    Reasoning,
    Target,
    Text,
    ToolCall,
    Usage,
)
from tests.providers.recorded import load, read_all
from tests.service_account import EMAIL, KEY_ID, key_file, pem_of, private_key

VERTEX = providers.get("vertex")
ROOT = "https://aiplatform.googleapis.com"
NOW = 1_800_000_000.5
PROMPT = Prompt("gemini-2.5-pro", (Message("user", "Hi"),), "Be kind.", max_tokens=9)


def target(**options: str) -> Target:
    return Target("vertex", ROOT, options=options)


def url_of(path: str, query: str = "", *, root: str = ROOT, **options: str) -> str:
    place = replace(target(**options), base_url=root)
    return str(VERTEX.wire(place).url(place, path, query))


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_key_file_signs_a_request_for_a_token() -> None:
    stored, told = VERTEX.pasted(key_file())
    assert told == {"project": "my-project"} and "\n" not in stored
    grant = VERTEX.grant(stored, target(), NOW)
    fields = {name: value for name, (value,) in parse_qs(grant.body.decode()).items()}
    assert (grant.url, fields["grant_type"]) == (
        "https://oauth2.googleapis.com/token",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    )
    head, claims, signature = fields["assertion"].split(".")
    assert decoded(head) == {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    assert decoded(claims) == {
        "iss": EMAIL,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
    }
    raw = base64.urlsafe_b64decode(signature + "==")
    private_key().public_key().verify(raw, f"{head}.{claims}".encode(), PKCS1v15(), SHA256())


def test_a_key_file_cannot_say_where_its_signature_goes() -> None:
    stored, _ = VERTEX.pasted(key_file(token_uri="https://evil.example/token"))
    assert "evil" not in stored
    grant = VERTEX.grant(key_file(token_uri="https://evil.example/token"), target(), NOW)
    assert grant.url == "https://oauth2.googleapis.com/token" and b"evil" not in grant.body


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("{nonsense", "no JSON"),
        (key_file(type="authorized_user"), "Its type is authorized_user"),
        (key_file(universe_domain="evil.example"), "another cloud"),
        (key_file(client_email=None), "client_email"),
        (key_file(private_key=None), "private_key"),
        (key_file(private_key="-----BEGIN PRIVATE KEY-----\nMIIE\n"), "cannot be read"),
        (key_file(private_key="x" * 9999), "private_key"),
        (key_file(private_key=pem_of(ec.generate_private_key(ec.SECP256R1()))), "no RSA key"),
    ],
    ids=["json", "type", "cloud", "email", "none", "broken", "long", "curve"],
)
def test_what_is_no_key_file_is_refused_and_not_shown(secret: str, reason: str) -> None:
    for attempt in (VERTEX.pasted, lambda secret: VERTEX.grant(secret, target(), NOW)):
        with pytest.raises(AuthFailed) as refused:
            attempt(secret)
        assert reason in refused.value.message and "MII" not in str(refused.value)


def test_an_api_key_goes_as_it_is() -> None:
    assert VERTEX.pasted("AQ.Ab8") == ("AQ.Ab8", {})
    assert not VERTEX.exchanges("AQ.Ab8") and VERTEX.exchanges(key_file())
    assert VERTEX.credentials("AQ.Ab8") == {"x-goog-api-key": "AQ.Ab8"}
    assert VERTEX.credentials("ya29.token") == {"authorization": "Bearer ya29.token"}
    assert providers.recognise(key_file()) is VERTEX


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("global", "aiplatform.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("northamerica-northeast1", "northamerica-northeast1-aiplatform.googleapis.com"),
    ],
)
def test_each_location_has_a_host(location: str, host: str) -> None:
    place = target(project="my-project", location=location)
    exchange = VERTEX.wire(place).chat(PROMPT)
    assert VERTEX.faults(place) == {} and VERTEX.wire(place).hosts(place) == {host}
    assert str(VERTEX.wire(place).url(place, exchange.path, exchange.query)) == (
        f"https://{host}/v1beta1/projects/my-project/locations/{location}"
        "/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
    )


@pytest.mark.parametrize(
    "location", ["evil.example/", "x@evil.example", "us-central1.evil", "US", "a-b", "../x", "us-"]
)
def test_a_location_cannot_lead_elsewhere(location: str) -> None:
    place = target(location=location)
    assert set(VERTEX.faults(place)) == {"location"}
    assert VERTEX.wire(place).url(place, "publishers/google/models").host == "aiplatform.googleapis.com"


def test_a_project_is_checked() -> None:
    assert set(VERTEX.faults(target(project="../other"))) == {"project"}
    assert VERTEX.faults(target(project="example.com:my-project")) == VERTEX.faults(target()) == {}


PLACED = "/v1/projects/my-project/locations/us-east5"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("publishers/google/models/m:generateContent", f"{PLACED}/publishers/google/models/m:generateContent"),
        ("v1/projects/other-1/locations/us-east5/x:y", "/v1/projects/other-1/locations/us-east5/x:y"),
        ("v1/projects/-/locations/-/endpoints/1:predict", f"{PLACED}/endpoints/1:predict"),
        ("v1/endpoints/openapi/chat/completions", f"{PLACED}/endpoints/openapi/chat/completions"),
        ("v1beta1/publishers/anthropic/models", "/v1beta1/publishers/anthropic/models"),
        ("v1/publishers/google/models/gemini-2.5-pro", "/v1/publishers/google/models/gemini-2.5-pro"),
    ],
)
def test_project_and_location_are_put_in(path: str, expected: str) -> None:
    place = {"project": "my-project", "location": "us-east5"}
    assert url_of(path, **place) == f"https://us-east5-aiplatform.googleapis.com{expected}"
    assert url_of(path, root="https://gate.example/v", **place) == f"https://gate.example/v{expected}"


def test_another_location_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest) as refused:
        url_of("v1/projects/p-12345/locations/europe-west4/publishers/google/models/m:x", location="us-east5")
    assert "us-east5" in refused.value.message and "europe-west4" in refused.value.message


def test_without_a_project_the_express_mode_is_asked() -> None:
    path = "v1/publishers/google/models/m:generateContent"
    assert url_of(path) == f"{ROOT}/{path}"


def test_gemini_is_asked_in_googles_format() -> None:
    body = json.loads(VERTEX.chat(PROMPT).body)
    assert body["systemInstruction"] == {"parts": [{"text": "Be kind."}]}
    assert body["generationConfig"] == {"maxOutputTokens": 9}


def test_claude_is_asked_in_anthropics_format() -> None:
    exchange = VERTEX.chat(replace(PROMPT, model="claude-sonnet-4-5@20250929"))
    assert exchange.path == "v1/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict"
    body = json.loads(exchange.body)
    assert (body["anthropic_version"], body["stream"], body["max_tokens"]) == ("vertex-2023-10-16", True, 9)
    assert "model" not in body and "Be kind." in json.dumps(body["system"])
    assert "anthropic-version" not in exchange.headers


def test_what_claude_thought_goes_back_with_the_header_that_it_needs() -> None:
    said = Message("assistant", (Reasoning("Hm.", "sig"), Text("Yes?")))
    exchange = VERTEX.chat(Prompt("claude-opus-5-5", (*PROMPT.messages, said, *PROMPT.messages)))
    assert exchange.headers["anthropic-beta"] == "thinking-binding-controls-2026-08-01"
    assert "block_binding" in json.loads(exchange.body)["thinking"]


def test_what_a_model_cannot_do_here_is_named() -> None:
    looking = replace(PROMPT, messages=(Message("user", (ImageAddress("https://a.example/1.png"),)),))
    assert VERTEX.lacks(looking) == ()
    assert VERTEX.lacks(replace(looking, model="claude-opus-4-8")) == ("image_urls",)
    assert VERTEX.lacks(replace(PROMPT, model="claude-opus-4-8", seed=1)) == ("seed",)


def test_both_answer() -> None:
    events, failure = read_all(VERTEX.reader(), [load("google/stream.sse")])
    assert failure is None and Text("你好 🦀") in events and Finish("STOP") in events
    events, failure = read_all(VERTEX.reader(), [load("anthropic/tools.sse")])
    assert failure is None and any(isinstance(event, ToolCall) for event in events)
    assert [event for event in events if isinstance(event, Usage)][-1].output_tokens


@pytest.mark.parametrize(
    "name", ["google/error_in_stream.sse", "google/error_blocked.sse", "anthropic/error_in_stream.sse"]
)
def test_both_may_fail_in_mid_answer(name: str) -> None:
    _, failure = read_all(VERTEX.reader(), [load(name)])
    assert isinstance(failure, ProviderError)


def test_models() -> None:
    pro, banana = reversed(VERTEX.read_models(load("vertex/models.json")))
    assert (pro.id, pro.context, pro.max_output, pro.tools, pro.reasoning) == (
        "gemini-2.5-pro", 1_048_576, 65_536, True, True,
    )  # fmt: skip
    assert (banana.id, banana.context, banana.tools, banana.draws) == ("gemini-2.5-flash-image", None, False, True)
    haiku, opus, sonnet = VERTEX.read_models(load("vertex/models_anthropic.json"))
    assert (haiku.id, haiku.context, haiku.reasoning) == ("claude-3-5-haiku@20241022", 200_000, False)
    assert (opus.id, opus.context, opus.reasoning) == ("claude-opus-4-8", 1_000_000, True)
    assert (sonnet.id, sonnet.context) == ("claude-sonnet-4-5@20250929", 200_000)


MODELS = "v1/projects/p/locations/l/publishers"


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"{MODELS}/google/models/g:streamGenerateContent", {"generationConfig": {"maxOutputTokens": 5}},
         Operation("chat", "g", True, 5)),
        (f"{MODELS}/google/models/g:countTokens", {}, Operation("count", "g")),
        (f"{MODELS}/anthropic/models/claude-x%40default:rawPredict", {"max_tokens": 5},
         Operation("chat", "claude-x@default", False, 5)),
        (f"{MODELS}/anthropic/models/claude-x:streamRawPredict", {}, Operation("chat", "claude-x", True)),
        (f"{MODELS}/anthropic/models/count-tokens:rawPredict", {"model": "claude-x"}, Operation("count", "claude-x")),
        ("v1/projects/p/locations/l/endpoints/openapi/chat/completions", {"model": "google/g", "stream": True},
         Operation("chat", "google/g", True)),
        ("v1beta1/publishers/google/models", {}, Operation("models")),
    ],
)  # fmt: skip
def test_operations(path: str, body: dict[str, Any], expected: Operation) -> None:
    assert VERTEX.operation("POST", path, json.dumps(body).encode()) == expected


def test_another_model_of_the_same_publisher_can_stand_in() -> None:
    path = f"{MODELS}/anthropic/models/claude-a@1:rawPredict"
    assert VERTEX.with_model(path, b"{}", "claude-b@2") == (f"{MODELS}/anthropic/models/claude-b@2:rawPredict", b"{}")
    assert VERTEX.with_model(path, b"{}", "gemini-2.5-pro") is None


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [("error_404", 404, ModelNotSupported), ("error_403", 403, AuthFailed), ("error_429", 429, RateLimited)],
)
def test_errors(name: str, status: int, kind: type[ProviderError]) -> None:
    assert type(VERTEX.failure(status, {}, load(f"vertex/{name}.json"))) is kind
