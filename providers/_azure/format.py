"""What the APIs of Azure OpenAI and Azure AI Foundry share: dated and versioned addresses, deployments, filters.

https://learn.microsoft.com/azure/ai-foundry/openai/reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

import httpx

from providers._azure import entra
from providers._azure.deployments import named, read_deployments
from providers._base import Adapter, Exchange, Field, Model, Operation, Target
from providers._credentials.granting import Grant, read_token
from providers._joining import is_version, segments
from providers._openai.family import OpenAIModels
from providers._openai.models import chat_models
from providers._prompt import Prompt
from providers._reading.counts import inner
from providers._reading.operation import read_operation

KEY = "API key or client secret"
DEPLOYED = re.compile(r"(?:^|/)deployments/([^/]{1,300})/(.+)$")
API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(?:-preview)?|preview|latest")
SETTINGS = ("deployments", "api_version", "sign_in")  # what an adapter is made with, beside its API
DATED = re.compile(r"(?:^|&)api-version=")


class AzureFormat(OpenAIModels):
    """OpenAI's format behind Azure's addresses. `format` chooses the API of our own requests; callers choose theirs."""

    wire_format = "azure"  # its paths are no other service's
    price_id = "azure"
    forwarded = OpenAIModels.forwarded | {
        "aoai-evals", "x-ms-client-request-id", "x-ms-oai-image-generation-deployment",
    }  # fmt: skip
    apis: tuple[tuple[str, str], ...] = ()  # the choices of `format`, the first is the default
    roots = frozenset({"openai"})  # the first segments of the service's own paths
    dated_roots = frozenset({"openai"})  # those whose paths need an api-version, unless they name one themselves
    dated = "2024-10-21"  # the api-version, where the address needs one and nobody says which

    def __init__(self, api: str = "", deployments: str = "", api_version: str = "", sign_in: str = "") -> None:
        self.api = api or (self.apis[0][0] if self.apis else "")
        self.deployments, _ = read_deployments(deployments)
        self.api_version = api_version or self.dated
        self.has_responses = self.api == "v1"
        self.grants = sign_in == entra.CHOSEN

    def wire(self, target: Target) -> Adapter:
        """The adapter that knows the configuration's deployments."""
        make: Callable[..., AzureFormat] = type(self)
        return configured(make, target.format, *(target.options.get(name, "") for name in SETTINGS))

    def fields(self) -> tuple[Field, ...]:
        """The common rows, which API our own requests use, and what the deployments run."""
        return (
            Field("format", "API", "choice", True, self.apis[0][0], "Of the chat page and the test.", self.apis),
            *(replace(field, label=KEY) if field.name == "api_key" else field for field in super().fields()),
            *entra.FIELDS,
            Field("deployments", "Deployments", help="The model of each, for its price: chat=gpt-4o, mini=gpt-4o-mini"),
            Field("api_version", "API version", help=f"Of addresses that need one; usually {self.dated}."),
        )

    def faults(self, target: Target) -> dict[str, str]:
        """A mapping, or an API version, that cannot be read."""
        found = entra.faults(target.options)
        _, wrong = read_deployments(target.options.get("deployments", ""))
        if wrong:
            found["deployments"] = f"“{wrong[:60]}” does not look like deployment=model. Put commas between several."
        if not API_VERSION.fullmatch(target.options.get("api_version") or self.dated):
            found["api_version"] = f"An API version is a date, like {self.dated} or 2025-04-01-preview."
        return found

    def key_headers(self, key: str) -> dict[str, str]:
        """A resource's key has a header of its own, a token of Entra ID the usual one."""
        return super().key_headers(key) if self.grants else {"api-key": key}

    def grant(self, secret: str, target: Target, now: float) -> Grant:
        """The request for a token of Entra ID."""
        return entra.grant(target.options, secret)

    def granted(self, status: int, body: bytes) -> tuple[str, float]:
        """The token, and for how long. Raises ProviderError."""
        return read_token(entra.SPEAKER, status, body)

    def url(self, target: Target, path: str, query: str = "") -> httpx.URL:
        """Root and path, with the API version where the path is one of those that need it."""
        if self.is_dated(segments(path)) and DATED.search(query) is None:
            query = "&".join(filter(None, (query, f"api-version={self.api_version}")))
        return super().url(target, path, query)

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """The root's own part before `openai`, for it may be copied with or without what follows, and the full path."""
        end = next((at for at, part in enumerate(root) if part in self.roots), len(root))
        return root[:end] + self.rooted(path)

    def rooted(self, path: list[str]) -> list[str]:
        """A path from the resource on: `v1/…`, and what names no API, belong to the v1 API."""
        if path and path[0] in self.roots:
            return path
        if path and (path[0] == "deployments" or is_version(path[0])):
            return ["openai", *path]
        return ["openai", "v1", *path]

    def is_dated(self, path: list[str]) -> bool:
        """Whether this path needs an `api-version`: all of `openai` but `openai/v1` do."""
        rooted = self.rooted(path)
        return rooted[0] in self.dated_roots and not (len(rooted) > 1 and is_version(rooted[1]))

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request; the prompt's model is a deployment."""
        exchange = super().chat(prompt)
        return replace(exchange, path=self.asked_at(exchange.path.removeprefix("v1/"), prompt.model))

    def asked_at(self, path: str, deployment: str) -> str:
        """Where this API of a deployment is asked for."""
        if self.api == "deployments":
            return f"openai/deployments/{quote(deployment, safe='')}/{path}"
        return f"openai/v1/{path}"

    def runs(self, model: str) -> str:
        """The model of a deployment, where the configuration tells it."""
        return self.deployments.get(model, model)

    def models(self) -> Exchange:
        """The request that lists the models which the resource could deploy."""
        return Exchange("GET", "openai/models" if self.api == "deployments" else "openai/v1/models")

    def read_models(self, body: bytes) -> list[Model]:
        """The deployments that were named, for those alone can be asked; else what the service lists for chat."""
        rows = self.listed(body, "data")
        if self.deployments:
            return [named(deployment, model) for deployment, model in self.deployments.items()]
        return chat_models(row for row in rows if can_chat(row))

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for: the deployment stands in the path or is the `model`; both become a model."""
        found = DEPLOYED.search(path)
        asked = read_operation(path if found is None else found[2], body)
        deployment = asked.model if found is None else unquote(found[1])
        return replace(asked, model=self.deployments.get(deployment or "", deployment))

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same request to another deployment."""
        changed = super().with_model(path, body, model)
        found = DEPLOYED.search(path)
        if changed is None or found is None:
            return changed
        return f"{path[: found.start(1)]}{quote(model, safe='')}/{found[2]}", changed[1]


def can_chat(row: Any) -> bool:
    """Whether a row does not deny that its model can chat and answer at all (a base for tuning cannot)."""
    stated = inner(row, "capabilities") if isinstance(row, Mapping) else {}
    return stated.get("chat_completion") is not False and stated.get("inference") is not False


@lru_cache(maxsize=1024)
def configured(make: Callable[..., AzureFormat], *settings: str) -> AzureFormat:
    """One adapter for the same settings: addresses are remembered by it."""
    return make(*settings)
