"""Google Cloud Vertex AI: Gemini and Claude. https://cloud.google.com/vertex-ai/generative-ai/docs"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

import httpx

from providers._abilities import Ability, needed
from providers._anthropic.format import AnthropicFormat
from providers._base import Adapter, Exchange, Field, Model, Operation, Shape, Target
from providers._credentials.granting import Grant, read_token
from providers._failures.errors import AuthFailed, ModelNotSupported, ProviderError
from providers._google.format import GoogleFormat
from providers._google.request import request_body
from providers._json import decode_whole, encode
from providers._prompt import Prompt
from providers._reading.operation import positive, read_asked
from providers._vertex import service_account
from providers._vertex.models import publisher_of, read_model
from providers._vertex.places import GLOBAL, LOCATION, PROJECT, ROOT, host_of, joined
from providers._vertex.reader import VertexReader

METHOD = re.compile(r"(?:^|/)publishers/([\w-]{1,60})/models/(.{1,200}):(\w+)$")
RAW = frozenset({"rawPredict", "streamRawPredict"})  # whose bodies are in the publisher's own format
COUNTING = "count-tokens"  # in the place of a model
ANTHROPIC_VERSION = "vertex-2023-10-16"
KEY_HELP = (
    "The whole key file (JSON) of a service account that has the role Vertex AI User. It only signs requests for tokens"
    " at oauth2.googleapis.com, and the tokens go to Vertex AI. An API key of the express mode does as well."
)
LOCATION_HELP = (
    "Where the models run: global, us, eu, or a region like europe-west4. Your text goes to that location's host,"
    " as in europe-west4-aiplatform.googleapis.com."
)


class Vertex(GoogleFormat):
    """One project in one location. What a path does not say of the two is put in."""

    kind = "vertex"
    label = "Google Vertex AI"
    base_url = f"https://{ROOT}"
    key_url = "https://console.cloud.google.com/iam-admin/serviceaccounts"
    key_prefixes = ("{",)
    price_id = "google"  # whose list has Claude too
    wire_format = "vertex"  # its paths are no other service's
    grants = True
    forwarded = GoogleFormat.forwarded | {"anthropic-beta"}
    terminals = (*GoogleFormat.terminals, *AnthropicFormat.terminals)

    def __init__(self, project: str = "", location: str = GLOBAL) -> None:
        self.project = project
        self.location = location
        self._claude = AnthropicFormat()

    def wire(self, target: Target) -> Adapter:
        """The adapter that knows the configuration's project and location."""
        return configured(target.options.get("project", ""), target.options.get("location") or GLOBAL)

    def fields(self) -> tuple[Field, ...]:
        """Location and project beside the common rows."""
        key, *others = super().fields()
        return (
            replace(key, label="Key file of a service account", help=KEY_HELP),
            Field("location", "Location", required=True, default=GLOBAL, help=LOCATION_HELP),
            Field("project", "Project ID", help="Taken from the key file, unless another one pays."),
            *others,
        )

    def faults(self, target: Target) -> dict[str, str]:
        """A location or a project that cannot be one."""
        found = {}
        if LOCATION.fullmatch(target.options.get("location") or GLOBAL) is None:
            found["location"] = "A location is global, us, eu, or a region like us-central1 or europe-west4."
        if (project := target.options.get("project", "")) and PROJECT.fullmatch(project) is None:
            found["project"] = "A project ID is small letters, digits and hyphens, like my-project-123."
        return found

    def pasted(self, secret: str) -> tuple[str, Mapping[str, str]]:
        """The key file in one line, and its project. Raises AuthFailed for what is none; an API key is left alone."""
        if not service_account.is_key_file(secret):
            return secret, {}
        project = service_account.project_of(secret)
        return service_account.tidied(secret), {"project": project} if PROJECT.fullmatch(project) else {}

    def exchanges(self, secret: str) -> bool:
        """A key file is exchanged; an API key goes as it is."""
        return service_account.is_key_file(secret)

    def confidential(self, secret: str) -> tuple[str, ...]:
        """The private key in a key file."""
        return service_account.confidential(secret) if self.exchanges(secret) else (secret,)

    def grant(self, secret: str, target: Target, now: float) -> Grant:
        """The request for a token, signed with the account's key."""
        return service_account.grant(secret, now)

    def granted(self, status: int, body: bytes) -> tuple[str, float]:
        """The token, and for how long. Raises ProviderError."""
        return read_token(service_account.SPEAKER, status, body)

    def key_headers(self, key: str) -> dict[str, str]:
        """A token as a bearer, an API key in its own header."""
        return {"x-goog-api-key": key} if key.startswith(("AIza", "AQ.")) else super().key_headers(key)

    def url(self, target: Target, path: str, query: str = "") -> httpx.URL:
        """Root and path, at the host of the location unless the root is one of the user's own."""
        url = super().url(target, path, query)
        return url.copy_with(host=host_of(self.location)) if url.host == ROOT and self.is_placed else url

    def root(self, target: Target) -> str:
        """The host of the location, unless the root is one of the user's own."""
        root = super().root(target)
        return f"https://{host_of(self.location)}" if root.rstrip("/") == self.base_url and self.is_placed else root

    def hosts(self, target: Target) -> frozenset[str]:
        """The host of the location."""
        return frozenset({host_of(self.location)}) if self.is_placed else frozenset()

    @property
    def is_placed(self) -> bool:
        """Whether the location is one, so that it may stand in a host's name."""
        return LOCATION.fullmatch(self.location) is not None

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """The segments of root and path, with version, project and location."""
        return joined(root, path, self.project, self.location)

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and its model cannot do here. Claude fetches no pictures on Vertex AI."""
        if publisher_of(prompt.model) == "google":
            return super().lacks(prompt)
        fetched = [ability for ability in needed(prompt) if ability == "image_urls"]
        return tuple(dict.fromkeys((*self._claude.lacks(prompt), *fetched)))

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request in the format of the model's publisher."""
        publisher = publisher_of(prompt.model)
        model, headers = quote(prompt.model, safe="@"), {"content-type": "application/json"}
        if publisher == "anthropic":
            exchange = self._claude.chat(prompt)
            headers |= {name: value for name, value in exchange.headers.items() if name == "anthropic-beta"}
            asked = decode_whole(exchange.body) or {}
            asked = {name: value for name, value in asked.items() if name != "model"}
            body = encode({"anthropic_version": ANTHROPIC_VERSION, **asked})
            return Exchange("POST", f"v1/publishers/anthropic/models/{model}:streamRawPredict", headers, body=body)
        path = f"v1beta1/publishers/google/models/{model}:streamGenerateContent"
        return Exchange("POST", path, headers, "alt=sse", encode(request_body(prompt)))

    def models(self) -> Exchange:
        """The request that lists Google's models."""
        return Exchange("GET", "v1beta1/publishers/google/models", query="pageSize=300")

    def models_otherwise(self) -> Exchange:
        """The same in the size of page that the service likes best."""
        return Exchange("GET", "v1beta1/publishers/google/models")

    def more_models(self) -> tuple[Exchange, ...]:
        """Anthropic's models."""
        return (Exchange("GET", "v1beta1/publishers/anthropic/models"),)

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat. Raises ProviderError on nonsense."""
        rows = self.listed(body, "publisherModels")
        models = [read_model(row) for row in rows if isinstance(row, Mapping)]
        return sorted((model for model in models if model is not None), key=lambda model: model.id)

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for: its model and method stand in the path."""
        found = METHOD.search(unquote(path.partition("?")[0]))
        if found is None or found[3] not in RAW:
            return super().operation(method, path, body)
        asked = read_asked(body)
        if found[2] == COUNTING:
            return Operation("count", asked.model if isinstance(asked.model, str) else None)
        return Operation("chat", found[2], found[3] == "streamRawPredict", positive(asked.max_tokens))

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same request to another model of the same publisher."""
        plain = unquote(path)
        found = METHOD.search(plain)
        if found is None or found[1] != publisher_of(model):
            return None
        return f"{plain[: found.start(2)]}{quote(model, safe='@')}:{found[3]}", body

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error answer, classified. A permission that lacks is told of a model that "may not exist" besides."""
        found = super().failure(status, headers, body)
        if status != 403 or not isinstance(found, ModelNotSupported):
            return found
        said = found.message.partition(" It says: ")[2]
        message = f"{self.speaker} does not allow this account to use this model. It says: {said}"
        return AuthFailed(message, status=status, code=found.code, retry_after=found.retry_after)

    def shape_at(self, path: str) -> Shape:
        """A broken stream of Claude ends with an error in Anthropic's shape."""
        return "anthropic" if "publishers/anthropic/" in path else self.shape

    def reader(self) -> VertexReader:
        """A fresh reader of one chat answer."""
        return VertexReader(self)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """A finish reason, or the last event of Claude's."""
        return super().ends(document) or self._claude.ends(document)


@lru_cache(maxsize=1024)
def configured(project: str, location: str) -> Vertex:
    """One adapter for the same settings: addresses are remembered by it."""
    return Vertex(project, location)
