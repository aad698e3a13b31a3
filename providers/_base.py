"""What an adapter states about its service, and what it does: pure functions over values, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import httpx

from providers._abilities import Ability, needed
from providers._credentials.granting import Grant
from providers._events import Event, Usage
from providers._failures.errors import ProviderError
from providers._field import Field as Field
from providers._frozen import frozen
from providers._prompt import Prompt
from providers._reading.preliminary import says_nothing
from providers._transport.outgoing import Request

Shape = Literal["openai", "anthropic", "google", "cohere", "ollama", "bedrock"]
LOCAL = "local"  # the price id of what runs in this program or at its user's home: it costs nothing


@dataclass(frozen=True, slots=True)
class Model:
    """A model as its provider lists it; None where the provider does not say. Sizes in tokens."""

    id: str
    label: str = ""
    context: int | None = None
    max_output: int | None = None
    tools: bool | None = None
    images: bool | None = None
    reasoning: bool | None = None
    draws: bool | None = None  # pictures, at most with words between them
    loaded: bool | None = None  # in the memory of a machine of one's own


@dataclass(frozen=True, slots=True)
class Target:
    """Where a user's configuration points. It never holds a key."""

    kind: str
    base_url: str
    format: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request in the provider's own wire format, before address and key are put in."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes = b""


@frozen
class Operation:
    """What a request asks for: OpenTelemetry's `gen_ai.operation.name` or our word for it, the model, and how."""

    name: str
    model: str | None = None
    stream: bool = False
    max_tokens: int | None = None


class Adapter:
    """How one service speaks. A subclass states the attributes and fills in the methods; none of them does I/O."""

    # Instances never change, so an attribute may be a class's own or, for a row of data, an instance's.

    kind: str = ""
    label: str = ""
    version: str = ""  # of a plug-in; else that of its package
    description: str = ""  # of a plug-in, in a sentence; else its package's summary
    base_url: str = ""  # the default root; "" = the user must give one
    key_url: str = ""  # where a user obtains a key
    key_prefixes: tuple[str, ...] = ()  # to recognise the vendor of a pasted key, longest match wins
    needs_key: bool = True
    grants: bool = False  # the stored key is a secret that `grant` exchanges for a short-lived token
    price_id: str | None = None  # the id of this provider in the price table (genai-prices)
    for_programs: bool = True  # else it answers on the chat page alone
    found_here: bool = False  # looked for at `base_url`, which is on the server's own machine
    shape: Shape = "openai"  # of error bodies, so that the SDK raises its own classes
    wire_format: str = (
        ""  # of requests and answers: those with the same one may stand in for each other; "": nobody may
    )
    forwarded: frozenset[str] = frozenset()  # request headers of its own that pass, besides the common ones
    terminals: tuple[bytes, ...] = ()  # bytes that announce a stream's end: at the start of a line, or a JSON `"key"`
    last_events: frozenset[str] = frozenset()  # of a binary stream (AWS): the names of those that end it
    # One of these is in every event that may tell of usage, end or failure, besides in a phrase that tells nothing;
    # None: any may.
    telling: tuple[bytes, ...] | None = None
    idle_phrases: tuple[bytes, ...] = ()
    asks_for_usage: bool = False  # streams report usage only with stream_options.include_usage
    takes: frozenset[Ability] = frozenset()  # what `chat` can put into a request, besides words

    @property
    def speaker(self) -> str:
        """What an error message calls the service."""
        return self.label or "The provider"

    def wire(self, target: Target) -> Adapter:
        """The adapter that really speaks, where a setting (`format`) chooses it."""
        return self

    def fields(self) -> tuple[Field, ...]:
        """The rows of the settings form, besides the name."""
        raise NotImplementedError

    def faults(self, target: Target) -> dict[str, str]:
        """What is wrong with the adapter's own settings: a sentence for each field at fault."""
        return {}

    def schema(self, *others: Field) -> dict[str, Any]:
        """What a program sends for these fields, after others that it may send, as a JSON Schema (2020-12)."""
        fields = {field.name: field for field in (*others, *self.fields())}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.label,
            "type": "object",
            "properties": {name: field.schema() for name, field in fields.items()},
            "required": [name for name, field in fields.items() if field.required and not field.default],
        }

    def url(self, target: Target, path: str, query: str = "") -> httpx.URL:
        """Join the root and the provider's own path, once where the root's tail repeats the path's head."""
        raise NotImplementedError

    def root(self, target: Target) -> str:
        """The address that requests go to: override it where a setting moves it. Its host is shown to the user."""
        return target.base_url or self.base_url

    def hosts(self, target: Target) -> frozenset[str]:
        """The hosts that some requests go to, the key with them, besides that of the address. Its form names them."""
        return frozenset()

    def sign_in_url(self, target: Target) -> str:
        """Where a setting sends the stored secret for a token; like the address's, its host is bound to the secret."""
        return ""

    def credentials(self, key: str | None) -> dict[str, str]:
        """The headers that carry the key."""
        raise NotImplementedError

    def pasted(self, secret: str) -> tuple[str, Mapping[str, str]]:
        """A new secret as it is to be stored, and settings that it tells where the user left them empty.

        Raises AuthFailed for one that cannot be a secret of this service.
        """
        return secret, {}

    def exchanges(self, secret: str) -> bool:
        """Whether this stored secret is exchanged for a token."""
        return self.grants

    def confidential(self, secret: str) -> tuple[str, ...]:
        """The parts of a stored secret that no message may show, where not all of it is secret."""
        return (secret,)

    def grant(self, secret: str, target: Target, now: float) -> Grant:
        """The request for a token, at this time (seconds since 1970). Raises AuthFailed for what cannot be a secret."""
        raise NotImplementedError

    def granted(self, status: int, body: bytes) -> tuple[str, float]:
        """The token in the answer to it, and the seconds that it is good for. Raises ProviderError."""
        raise NotImplementedError

    def signed(self, request: Request, key: str | None, moment: datetime) -> Request:
        """The whole request as it is sent, where more than `credentials` proves who asks; anew for each attempt."""
        return request

    def headers(self, target: Target) -> dict[str, str]:
        """The headers that a configuration adds to every request, beside the key."""
        return dict(target.headers)

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and the service, or its model, cannot do: to be refused by name before any call."""
        return tuple(ability for ability in needed(prompt) if ability not in self.takes)

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request. What `lacks` names is left out of it."""
        raise NotImplementedError

    def models(self) -> Exchange:
        """The request that lists the models."""
        raise NotImplementedError

    def more_models(self) -> tuple[Exchange, ...]:
        """Requests for further lists of models, for `read_models` too. One that fails is left out."""
        return ()

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat, from the answer to `models()`. Raises ProviderError on nonsense."""
        raise NotImplementedError

    def models_otherwise(self) -> Exchange | None:
        """The request to make where the service does not know that one."""
        return None

    def describe(self, model: Model) -> Exchange | None:
        """A further request about one model, where the list tells too little."""
        return None

    def read_description(self, model: Model, body: bytes) -> Model | None:
        """The model with what the answer to `describe` tells of it; None for one that cannot chat. Never raises."""
        return model

    def price_list(self, model: str | None) -> str | None:
        """The id in the price table under which calls of this model are priced."""
        return self.price_id

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for; decodes only the few fields that it needs. Never raises."""
        raise NotImplementedError

    def with_model(self, path: str, body: bytes, model: str) -> tuple[str, bytes] | None:
        """Path and body of the same native request to another model, nothing else changed; None where that fails."""
        raise NotImplementedError

    def reader(self) -> Reader:
        """A fresh reader of one streamed chat answer."""
        raise NotImplementedError

    def shape_at(self, path: str) -> Shape:
        """The shape of the error that a broken stream ends with, where it depends on what was asked."""
        return self.shape

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """The usage that one JSON document (an event, or a whole answer) reports, if any."""
        raise NotImplementedError

    def ends(self, document: Mapping[str, Any]) -> bool:
        """Whether this JSON document (an event, or a whole answer) is a proper end of the answer."""
        raise NotImplementedError

    def answered_by(self, document: Mapping[str, Any]) -> str | None:
        """The model that answered, where this JSON document names it."""
        raise NotImplementedError

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error answer, classified."""
        raise NotImplementedError

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """The error that one event of a 200 stream announces, if it does."""
        raise NotImplementedError

    def preliminary(self, document: Mapping[str, Any]) -> bool:
        """Whether an event says nothing yet, so that the stream may still turn out to have failed from the start."""
        return says_nothing(document)

    def transport(self) -> httpx.AsyncBaseTransport | None:
        """A transport of its own for an adapter that answers by itself; None = the network."""
        return None


class Reader:
    """Bytes of one streamed chat answer → events, at any split. One per answer."""

    def feed(self, chunk: bytes) -> Iterable[Event]:
        """The events that this chunk completes. Raises ProviderError for an error inside the stream."""
        raise NotImplementedError

    def close(self) -> Iterable[Event]:
        """The events still open at the end. Raises StreamTruncated when the proper end never came."""
        raise NotImplementedError
