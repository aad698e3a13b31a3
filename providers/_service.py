"""What every service has in common that is reached over HTTP with a key and answers in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import httpx

from providers._base import Adapter, Field, Operation, Target
from providers._events import Usage
from providers._failures.classify import classify
from providers._failures.complaint import read_body, read_document
from providers._failures.errors import AuthFailed, InvalidRequest, ProviderError
from providers._joining import address, join_once, read_root, segments
from providers._json import decode_object
from providers._reading.operation import read_operation, with_model
from providers._reading.usage import first_choice, read_usage

# The objects of OpenAI's API whose `error` is that of the request; a failed job's belongs to the job.
ANSWERS = (None, "error", "chat.completion", "chat.completion.chunk", "text_completion", "response", "list")


class Service(Adapter):
    """Address, key, errors and usage; a format adds its chat, models and reader."""

    base_url_help: str = "Only to reach it through another address."

    def fields(self) -> tuple[Field, ...]:
        """Key, address and further headers."""
        return (
            Field("api_key", "API key", "secret", required=self.needs_key, help=self.key_help()),
            Field("base_url", "Base URL", "url", not self.base_url, self.base_url, self.base_url_help),
            Field("headers", "Further headers", "headers", help="Sent with every request, one per line: Name: value."),
        )

    def key_help(self) -> str:
        """Where to obtain a key."""
        return f"From {self.key_url}" if self.key_url else ""

    def url(self, target: Target, path: str, query: str = "") -> httpx.URL:
        """Join root and path. Raises HostRefused for a root, InvalidRequest for a path that cannot be used."""
        return joined(self.join, self.root(target), path, query)

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """The segments of root and path, once where they overlap."""
        return join_once(root, path)

    def credentials(self, key: str | None) -> dict[str, str]:
        """The headers that carry the key. Raises AuthFailed for one that cannot be a key."""
        key = (key or "").strip()
        if not (key.isascii() and key.isprintable()):
            raise AuthFailed("This key holds characters that no key has. Paste it again.", code="malformed_key")
        return self.key_headers(key) if key else {}

    def key_headers(self, key: str) -> dict[str, str]:
        """The headers that carry this key."""
        return {"authorization": f"Bearer {key}"}

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for."""
        return read_operation(path, body)

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same request to another model, which stands in the body."""
        changed = with_model(body, model)
        return None if changed is None else (path, changed)

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """The usage that one document reports, if any."""
        return read_usage(document)

    def answered_by(self, document: Mapping[str, Any]) -> str | None:
        """The model that answered, where this document names it."""
        for holder in (document, document.get("message"), document.get("response")):
            name = (holder.get("model") or holder.get("modelVersion")) if isinstance(holder, dict) else None
            if isinstance(name, str) and name:
                return name[:200]
        return None

    def listed(self, body: bytes, name: str) -> list[Any]:
        """The rows of a list of models, which stand under this name. Raises ProviderError for anything else."""
        document = decode_object(body)
        failure = self.event_failure(document)
        rows = document.get(name)
        if failure is not None:
            raise failure
        if not isinstance(rows, list):
            message = f"{self.speaker} did not answer with a list of models. Check the base URL."
            raise InvalidRequest(message, code="no_models")
        return rows

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error answer, classified."""
        return classify(self.speaker, read_body(body), status, headers)

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """The error that one event of a 200 stream, or a whole answer, announces."""
        error = announced_error(document)
        return None if error is None else classify(self.speaker, read_document(error), None)


@lru_cache(maxsize=2048)
def joined(join: Callable[[list[str], list[str]], list[str]], base_url: str, path: str, query: str) -> httpx.URL:
    """Root, path and query as one address: remembered, since programs ask the same few paths over and over."""
    root = read_root(base_url)
    return address(root, join(segments(root.path), segments(path)), query, slash=path.endswith("/"))


def announced_error(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The document that holds an error as `error` or is one itself; None where there is none."""
    kind = document.get("object")
    if kind not in ANSWERS:
        return None
    if kind == "error" or (document.get("type") == "error" and "error" not in document):
        return document
    for holder in (document, document.get("response"), document.get("x_groq"), first_choice(document)):
        if isinstance(holder, dict) and (error := holder.get("error")) and is_error(error):
            return holder
    return None


def is_error(error: Any) -> bool:
    """Whether an `error` says anything: null, and an object of nulls, do not."""
    return any(value is not None for value in error.values()) if isinstance(error, dict) else bool(error)
