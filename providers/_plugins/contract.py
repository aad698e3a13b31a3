"""Whether somebody else's adapter does what the rest of the program relies on: it is tried out on made-up values."""

from __future__ import annotations

import re
from contextlib import suppress
from types import NoneType
from typing import Any, get_args

import httpx

from providers._base import Adapter, Exchange, Field, Operation, Reader, Shape, Target
from providers._events import Usage
from providers._failures.errors import ProviderError
from providers._field import FieldKind
from providers._openai.layouts import FORMATS
from providers._prompt import Message, Prompt

KIND = re.compile(r"[a-z][a-z0-9]{0,39}")
LONGEST_LABEL = 100
STATED: dict[str, type | tuple[type, ...]] = {
    "label": str, "version": str, "description": str, "base_url": str, "key_url": str, "key_prefixes": tuple,
    "needs_key": bool, "price_id": (str, NoneType), "wire_format": str, "forwarded": frozenset, "terminals": tuple,
    "telling": (tuple, NoneType), "asks_for_usage": bool,
}  # fmt: skip
NOT_FORWARDED = {"authorization", "cookie", "host", "x-api-key", "x-goog-api-key", "api-key"}
PROMPT = Prompt("some/model-1", (Message("user", "Hello"),), "Be short.")
KEY = "sk-0123456789abcdef0123456789abcdef"


class Unfit(Exception):
    """What an adapter lacks or does wrong, in words for whoever runs the site."""


def check(adapter: Adapter) -> None:
    """Raises Unfit for an adapter that would fail later on."""
    try:
        for question in (_what_it_states, _its_form, _its_requests, _its_answers):
            question(adapter)
    except Unfit:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is somebody else's code
        raise Unfit(in_words(error)) from None


def in_words(error: BaseException) -> str:
    """An exception in one line of bounded length."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def demand(truth: object, reason: str) -> None:
    """Raises Unfit with the reason unless something is so."""
    if not truth:
        raise Unfit(reason)


def answer(holder: object, name: str, kind: Any, *arguments: Any) -> Any:
    """What a method answers. Raises Unfit where it is missing, fails, or answers with another type."""
    try:
        value = getattr(holder, name)(*arguments)
    except ProviderError:
        raise
    except NotImplementedError:
        raise Unfit(f"{name}() is missing") from None
    except Exception as error:  # noqa: BLE001 - it is somebody else's code
        raise Unfit(f"{name}() fails with {in_words(error)}") from None
    demand(isinstance(value, kind), f"{name}() answers with {type(value).__name__}")
    return value


def _what_it_states(adapter: Adapter) -> None:
    kind = adapter.kind
    demand(isinstance(kind, str) and KIND.fullmatch(kind), "its kind is at most 40 small letters and digits")
    for name, expected in STATED.items():
        value = getattr(adapter, name)
        demand(isinstance(value, expected), f"its {name} is a {type(value).__name__}")
    demand(adapter.label and len(adapter.label) <= LONGEST_LABEL, f"its label has 1 to {LONGEST_LABEL} characters")
    demand(adapter.shape in get_args(Shape), f"its shape is one of {', '.join(get_args(Shape))}")
    demand(all(isinstance(prefix, str) and prefix for prefix in adapter.key_prefixes), "a key prefix is empty")
    demand(all(name == name.lower() for name in adapter.forwarded), "forwarded headers are in small letters")
    demand(not NOT_FORWARDED & adapter.forwarded, "headers that carry keys are never forwarded")
    layout = getattr(adapter, "message_format", "openai")  # where it speaks OpenAI's format
    demand(layout in FORMATS, f"its message_format is one of {', '.join(FORMATS)}")
    if adapter.base_url:
        url = httpx.URL(adapter.base_url)
        demand(url.scheme in ("http", "https") and url.host, "its base_url is no address")


def _its_form(adapter: Adapter) -> None:
    fields = answer(adapter, "fields", tuple)
    for field in fields:
        demand(isinstance(field, Field), f"fields() holds a {type(field).__name__}")
        demand(field.kind in get_args(FieldKind), f"the field {field.name} is of no known kind")
        demand((field.kind == "choice") is bool(field.choices), f"the field {field.name} has choices or is no choice")
    names = [field.name for field in fields]
    demand(len(set(names)) == len(names), "two fields have the same name")
    demand(not adapter.needs_key or "api_key" in names, "it needs a key and has no field api_key")
    answer(adapter, "schema", dict)


def _its_requests(adapter: Adapter) -> None:
    target = _target_of(adapter)
    speaker = answer(adapter, "wire", Adapter, target)
    answer(adapter, "faults", dict, target)
    hosts = {httpx.URL(answer(speaker, "root", str, target)).host, *answer(speaker, "hosts", frozenset, target)}
    chat = answer(speaker, "chat", Exchange, PROMPT)
    for exchange in (chat, answer(speaker, "models", Exchange)):
        try:
            url = answer(speaker, "url", httpx.URL, target, exchange.path, exchange.query)
        except ProviderError:  # it may want settings that are not known here
            continue
        demand(url.host in hosts, f"url() leads to {url.host}, away from the base URL")
    found = answer(speaker, "operation", Operation, chat.method, chat.path, chat.body)
    known = (found.name, found.model, found.stream) == ("chat", PROMPT.model, True)
    demand(known, "operation() does not know again what chat() makes")
    answer(speaker, "with_model", (tuple, NoneType), chat.path, chat.body, "another")
    answer(speaker, "headers", dict, target)
    demand(answer(speaker, "credentials", dict, None) == {}, "credentials() makes a header without a key")
    with suppress(ProviderError):  # it may know that this is no key
        answer(speaker, "credentials", dict, KEY)
    answer(speaker, "transport", (httpx.AsyncBaseTransport, NoneType))


def _its_answers(adapter: Adapter) -> None:
    speaker = adapter.wire(_target_of(adapter))
    document: dict[str, Any] = {}
    answer(speaker, "usage", (Usage, NoneType), document)
    answer(speaker, "ends", bool, document)
    answer(speaker, "answered_by", (str, NoneType), document)
    answer(speaker, "event_failure", (ProviderError, NoneType), document)
    answer(speaker, "preliminary", bool, document)
    answer(speaker, "failure", ProviderError, 500, {}, b"")
    reader = answer(speaker, "reader", Reader)
    list(answer(reader, "feed", object, b""))
    for name, arguments in (("read_models", (b"<html>",)), ("failure", (404, {}, b"\xff"))):
        with suppress(ProviderError):  # which is right: this is nonsense
            answer(speaker, name, (list, ProviderError), *arguments)


def _target_of(adapter: Adapter) -> Target:
    """A configuration with the default root, or made up; every further field with its default or something."""
    fields = adapter.fields()
    options = {field.name: _made_up(field) for field in fields if field.kind not in ("secret", "headers")}
    base_url = adapter.base_url or "https://llm.example/v1"
    return Target(adapter.kind, base_url, options.get("format", ""), options=options)


def _made_up(field: Field) -> str:
    return field.default or (field.choices[0][0] if field.choices else "x")
