"""Every GET that is described, with each of its parameters: it answers as described, for Alice with some of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import AsyncClient
from django.utils import timezone

from tests.schema import faults
from tests.thinkback.chat.conftest import running  # noqa: F401  pytest finds it here
from tests.thinkback.pages.test_api_docs import OUTSIDE
from tests.thinkback.transfer.chats import a_full_chat
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.attachments.models import Attachment
from thinkback.chat.models import Picture
from thinkback.connections import practice
from thinkback.pages.api_docs import description
from thinkback.presets.models import Preset, SavedPrompt
from thinkback.transfer.models import Import, Line

pytestmark = pytest.mark.django_db(transaction=True)
MEDIA = {("format", "md"): "text/markdown", ("format", "csv"): "text/csv"}  # what a parameter asks for


def described() -> dict[str, Any]:
    """The GETs by their paths, without those that asgi.py answers."""
    paths = description()["paths"]
    return {path: said["get"] for path, said in paths.items() if "get" in said and path not in OUTSIDE}


def values(path: str, parameter: dict[str, Any], there: dict[str, Any]) -> list[Any]:
    """What a parameter is tried with."""
    name = parameter["name"]
    if "enum" in parameter["schema"]:
        return list(parameter["schema"]["enum"])
    if path == "/api/chats/context" and name == "model":
        return [there["model"]]
    known = there | {"from": "2026-01-01", "to": "2026-12-31", "range": "7d", "tz": "Europe/Berlin", "user": "all"}
    known |= {
        "limit": 1,
        "offset": 1,
        "provider": "openai",
        "status": "ok",
        "source": "chat",
        "origin": "https://a.example",
    }
    known |= {"trashed": 1, "archived": 1, "pinned": 1, "refresh": 0, "q": "spring", "tool": "calculator", "token": 1}
    assert name in known, f"{path} has a parameter {name} that nobody tries"
    return [known[name]]


def calls(there: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each path bare, and with each of its parameters: address, path, query."""
    for path, said in described().items():
        filled = path.format(**there["paths"].get(path, there))
        yield filled, path, {}
        for parameter in said.get("parameters", []):
            if parameter["in"] == "query" and parameter["name"] != "cursor":
                yield from ((filled, path, {parameter["name"]: one}) for one in values(path, parameter, there))


def seeded(alice: User) -> dict[str, Any]:
    """A little of each; what stands for the parameters, and of some paths for `id`."""
    practice.ensure(alice.pk)
    an_attempt(alice, duration_ms=12.5, cost_usd=Decimal("0.25"), raw_usage={"prompt_tokens": 1}, input_tokens=1)
    chat = a_full_chat(alice)
    file = Attachment.objects.get(user=alice)
    preset = Preset.objects.create(user=alice, name="Sailor")
    prompt = SavedPrompt.objects.create(user=alice, name="Greeting", text="Hello {{name}}")
    done = Import.objects.create(user=alice, name="a.json", state="done", size=1, finished_at=timezone.now())
    Line.objects.create(of=done, number=1, title="Roses", outcome="imported", conversation=chat)
    ids = {"attachments": file.id, "presets": preset.id, "prompts": prompt.id, "imports": done.id}
    paths = {path: {"id": ids[part]} for path in described() if "{id}" in path and (part := path.split("/")[2]) in ids}
    paths["/api/chats/pictures/{id}"] = {"id": Picture.objects.get().id}
    there = {"slug": "practice", "kind": "openai", "model_id": practice.MODEL, "id": chat.id, "paths": paths}
    model = f"practice/{practice.MODEL}"
    return there | {"chat": str(chat.id), "folder": chat.folder_id, "tag": "spring", "model": model}


async def answered(client: AsyncClient, address: str, query: dict[str, Any]) -> tuple[int, str, bytes]:
    response = await client.get(address, query, headers={"sec-fetch-site": "same-origin"})
    if response.streaming:
        return response.status_code, response["Content-Type"], b"".join([bytes(part) async for part in response])
    return response.status_code, response["Content-Type"], response.content


async def test_every_get_answers_as_described(alice: User, running: None) -> None:  # noqa: F811
    from asgiref.sync import sync_to_async

    there = await sync_to_async(seeded)(alice)
    client = AsyncClient()
    await client.aforce_login(alice)
    wrong, tried = [], 0
    for address, path, query in calls(there):
        status, media, content = await answered(client, address, query)
        tried += 1
        about, media = f"{path} {query or ''}", media.partition(";")[0]
        wanted = described()[path]["responses"]["200"]["content"]
        if status != 200 or media not in wanted:
            wrong.append(f"{about}: {status} {media} {content[:200]!r}")
        elif media == "application/json" and "schema" in wanted[media]:
            wrong += [f"{about}: {fault}" for fault in faults(json.loads(content), wanted[media]["schema"])]
        asked = next((MEDIA[item] for item in query.items() if item in MEDIA), None)
        if asked and status == 200 and media not in (asked, "application/zip"):
            wrong.append(f"{about}: {media}")
    assert not wrong, "\n".join(wrong)
    assert tried > 80
