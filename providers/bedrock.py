"""AWS Bedrock. Amazon Bedrock API Reference, "Converse", "ConverseStream" and "InvokeModel"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

import httpx

from providers._abilities import Ability
from providers._anthropic.prompt_cache import KEPT, TIMES, kept
from providers._base import Adapter, Exchange, Field, Model, Operation, Target
from providers._bedrock import errors
from providers._bedrock.converse import body_of, refused_here
from providers._bedrock.models import read_model, read_profile
from providers._bedrock.reader import BedrockReader
from providers._bedrock.sigv4 import Scope, read_pair, sign
from providers._bedrock.usage import converse_usage, invocation_usage
from providers._events import Usage
from providers._failures.errors import AuthFailed, ProviderError
from providers._json import encode
from providers._prompt import Prompt
from providers._reading.counts import inner, word
from providers._reading.operation import positive, read_asked, read_operation, text_or_none
from providers._service import Service
from providers._transport.outgoing import Request

INVOCATION = re.compile(r"(?:^|/)model/(.{1,2048})/(converse|invoke|count-tokens)(-stream|-with-response-stream)?$")
OTHER_USES = ((re.compile(r"embed", re.I), "embeddings"), (re.compile(r"rerank", re.I), "rerank"),
              (re.compile(r"stability\.|image|canvas|stable-", re.I), "image"))  # fmt: skip
RUNTIME = re.compile(r"bedrock-runtime(-fips)?(\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)")
LISTS = ("foundation-models", "inference-profiles")  # of the control plane, which has a host of its own
REGION = re.compile(r"(?:^|\.)([a-z]{2,3}(?:-[a-z]+){1,2}-\d)(?:\.|$)")
REGION_ELSE = "us-east-1"
METRICS = "amazon-bedrock-invocationMetrics"
KEY_HELP = (
    "A Bedrock API key (ABSK…), or an access key: its id and its secret with a colon between them (AKIA…:secret), and"
    " behind another colon the session token, if there is one."
)
ADDRESS_HELP = (
    "It names the region: https://bedrock-runtime.eu-central-1.amazonaws.com. The key goes to this host and, for the"
    " list of models alone, to bedrock.<region>.amazonaws.com; where that is not reached, type the models in."
)


class Bedrock(Service):
    """Bedrock's runtime. A model's name is its id, that of an inference profile, or an ARN."""

    kind = "bedrock"
    label = "AWS Bedrock"
    base_url = "https://bedrock-runtime.us-east-1.amazonaws.com"
    base_url_help = ADDRESS_HELP
    key_url = "https://console.aws.amazon.com/bedrock/home#/api-keys"
    key_prefixes = ("ABSK", "bedrock-api-key-", "AKIA", "ASIA")
    price_id = "aws"
    shape = "bedrock"
    wire_format = "bedrock"
    forwarded = frozenset({
        "x-amzn-bedrock-accept", "x-amzn-bedrock-content-type", "x-amzn-bedrock-guardrailidentifier",
        "x-amzn-bedrock-guardrailversion", "x-amzn-bedrock-performanceconfig-latency", "x-amzn-bedrock-service-tier",
        "x-amzn-bedrock-trace",
    })  # fmt: skip
    takes = frozenset({
        "tools", "tool_choice", "images", "documents", "json_schema", "reasoning_effort",
        "top_p", "stop",
    })  # fmt: skip
    last_events = frozenset({"metadata"})

    def __init__(self, prompt_cache: str = "") -> None:
        self.prompt_cache = prompt_cache

    def wire(self, target: Target) -> Adapter:
        """The adapter that keeps prompts as long as the configuration says."""
        return KEEPING.get(kept(target.options), self)

    def fields(self) -> tuple[Field, ...]:
        """The common rows, and how long prompts are kept."""
        return *super().fields(), replace(KEPT, help=f"{KEPT.help} Of Claude and Nova alone.")

    def key_help(self) -> str:
        """Which keys there are."""
        return KEY_HELP

    def url(self, target: Target, path: str, query: str = "") -> httpx.URL:
        """Join root and path; AWS lists models at a host beside the runtime's, in the same region."""
        url = super().url(target, path, query)
        beside = control_plane(url.host)
        return url if beside is None or url.path.split("/")[1] not in LISTS else url.copy_with(host=beside)

    def hosts(self, target: Target) -> frozenset[str]:
        """The one that lists the models."""
        beside = control_plane(super().url(target, "").host)
        return frozenset() if beside is None else frozenset({beside})

    def key_headers(self, key: str) -> dict[str, str]:
        """An API key as a bearer; an access key is never sent: it signs. Raises AuthFailed for half of one."""
        if read_pair(key) is not None:
            return {}
        if key.startswith(("AKIA", "ASIA")):
            raise AuthFailed("An access key is its id and its secret: AKIA…:secret.", code="malformed_key")
        return super().key_headers(key)

    def signed(self, request: Request, key: str | None, moment: datetime) -> Request:
        """The request, signed with an access key; one with an API key as it is."""
        pair = read_pair((key or "").strip())
        if pair is None:
            return request
        path, mark, query = request.url.raw_path.partition(b"?")
        path = path.replace(b":", b"%3A")  # so AWS's own programs write a model's id, and so it is signed
        request = request._replace(url=request.url.copy_with(raw_path=path + mark + query))
        region = REGION.search(request.url.host)
        scope = Scope(moment, region[1] if region else REGION_ELSE, "bedrock")
        return request._replace(headers=[*request.headers, *sign(request, pair, scope)])

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and Converse, or a model of this name, cannot do."""
        return tuple(dict.fromkeys((*super().lacks(prompt), *refused_here(prompt))))

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request. Turns alternate, and empty ones are left out: else they are refused."""
        path = f"model/{quote(prompt.model, safe='')}/converse-stream"
        return Exchange(
            "POST", path, {"content-type": "application/json"}, body=encode(body_of(prompt, self.prompt_cache))
        )

    def models(self) -> Exchange:
        """The request that lists the models of the region."""
        return Exchange("GET", LISTS[0], query="byOutputModality=TEXT")

    def more_models(self) -> tuple[Exchange, ...]:
        """The inference profiles: many models answer under the name of one alone."""
        return (Exchange("GET", LISTS[1], query="maxResults=1000"),)

    def read_models(self, body: bytes) -> list[Model]:
        """The models, or profiles, that can chat. Raises ProviderError on nonsense."""
        read, name = read_model, "modelSummaries"
        if b'"inferenceProfileSummaries"' in body:
            read, name = read_profile, "inferenceProfileSummaries"
        rows = (read(row) for row in self.listed(body, name) if isinstance(row, Mapping))
        return sorted((row for row in rows if row is not None), key=lambda model: (model.label or model.id).lower())

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for: the model and how stand in the path."""
        plain = unquote(path.partition("?")[0])
        found = INVOCATION.search(plain)
        if found is None:
            return Operation("models") if plain.split("/")[0] in LISTS else read_operation(path, body)
        asked = read_asked(body)
        settings = asked.inferenceConfig
        maximum = settings.get("maxTokens") if isinstance(settings, dict) else None
        name = {"converse": "chat", "count-tokens": "count"}.get(found[2]) or use_of(found[1])
        return Operation(name, text_or_none(found[1]), found[3] is not None, positive(maximum, asked.max_tokens))

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same request to another model; Converse alone words it the same for all."""
        found = INVOCATION.search(unquote(path))
        if found is None or found[2] != "converse":
            return None
        return f"model/{quote(model, safe='')}/{found[2]}{found[3] or ''}", body

    def reader(self) -> BedrockReader:
        """A fresh reader of one streamed answer."""
        return BedrockReader(self)

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """The usage of the event `metadata` or of a whole answer, or the metrics of the last event of an invocation."""
        holder = inner(document, "metadata") or document
        raw = inner(holder, "usage")
        if "inputTokens" in raw or "outputTokens" in raw:
            return replace(converse_usage(raw), service_tier=word(inner(holder, "serviceTier").get("type")))
        metrics = inner(document, METRICS)
        return super().usage(document) or (invocation_usage(metrics) if metrics else None)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """The event `metadata`, the last event of an invocation, or a whole answer."""
        return not {"metadata", METRICS, "stopReason"}.isdisjoint(document)

    def preliminary(self, document: Mapping[str, Any]) -> bool:
        """Whether an event says nothing yet."""
        return "messageStart" in document or super().preliminary(document)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error answer, classified."""
        return errors.answered(self.speaker, status, headers, body)

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """The exception that one event of a stream announces."""
        return errors.streamed(self.speaker, document) or super().event_failure(document)


def use_of(model: str) -> str:
    """What an invocation of this model makes."""
    return next((name for pattern, name in OTHER_USES if pattern.search(model)), "chat")


def control_plane(host: str) -> str | None:
    """Where AWS lists the models that this runtime serves; None for a host that is not AWS's."""
    runtime = RUNTIME.fullmatch(host)
    return None if runtime is None else f"bedrock{runtime[1] or ''}{runtime[2]}"


KEEPING = {time: Bedrock(time) for time in TIMES}
