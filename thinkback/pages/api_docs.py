"""The description of the JSON interface: one file, `openapi.json`, for programs as it is and for people as a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

FILE = Path(__file__).with_name("openapi.json")


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter, or one field of a body."""

    name: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it; `sent` and `answered` are examples in JSON, or empty."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    public: bool
    parameters: list[Row]
    fields: list[Row]
    sent: str
    status: str
    outcome: str
    answered: str

    def curl(self, site: str) -> str:
        """The call as a command for a shell."""
        method = "" if self.method == "GET" else f"-X {self.method} "
        lines = [f"curl {method}'{site}{self.path}'"]
        if not self.public:
            lines.append("-H 'Authorization: Bearer tb_…'")
        if self.sent:
            lines += [
                "-H 'Content-Type: application/json'",
                f"-d '{json.dumps(json.loads(self.sent), ensure_ascii=False)}'",
            ]
        return " \\\n  ".join(lines)


@cache
def description() -> dict[str, Any]:
    """The file, read once."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The file for programs. It tells nothing of this installation, so anybody may read it."""
    return HttpResponse(FILE.read_bytes(), content_type="application/json")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The file for people."""
    site = request.build_absolute_uri("/").rstrip("/")
    groups = [
        (tag, [(one, one.curl(site)) for one in operations() if one.id in _ids(tag["name"])])
        for tag in description()["tags"]
    ]
    return render(request, "pages/api_docs.html", {"groups": groups, "info": description()["info"]})


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation, in the order of the file."""
    paths = description()["paths"]
    return tuple(_operation(path, method, said) for path, methods in paths.items() for method, said in methods.items())


@cache
def _ids(tag: str) -> frozenset[str]:
    found = (said for methods in description()["paths"].values() for said in methods.values())
    return frozenset(said["operationId"] for said in found if tag in said["tags"])


def _operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    body = _json_of(said.get("requestBody", {}))
    status, answer = next(iter(said["responses"].items()))
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        text=said.get("description", ""),
        scope=said.get("x-scope", ""),
        public=said.get("security") == [],
        parameters=[
            Row(one["name"], _kind(one["schema"]), one["required"], one["description"])
            for one in said.get("parameters", ())
        ],
        fields=_fields(resolve(body.get("schema", {}))),
        sent=_pretty(body),
        status=status,
        outcome=answer["description"],
        answered=_pretty(_json_of(answer)),
    )


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, or that which it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = description()["components"]["schemas"][name] if name else schema
    return found


def _json_of(holder: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = holder.get("content", {}).get("application/json", {})
    return found


def _pretty(media: dict[str, Any]) -> str:
    return json.dumps(media["example"], indent=2, ensure_ascii=False) if "example" in media else ""


def _fields(schema: dict[str, Any]) -> list[Row]:
    required = schema.get("required", ())
    found = schema.get("properties", {}).items()
    return [Row(name, _kind(one), name in required, one.get("description", "")) for name, one in found]


def _kind(schema: dict[str, Any]) -> str:
    """A type in a word or two: "text", "list of text", "moment"."""
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(_kind({**schema, "type": one}) for one in kind)
    if "enum" in schema:
        return " · ".join(schema["enum"])
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    words = {"date-time": "moment", "uuid": "UUID", "string": "text", "integer": "whole number", "boolean": "yes or no"}
    return words.get(schema.get("format", "")) or words.get(kind) or str(kind)
