"""A world in which everything has a name that means harm."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Watched, sign_in, watch
from tests.browser.hostile.names import NAMES, is_harmless
from tests.world import World, small_world


@pytest.fixture(scope="package")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which everything has such a name."""
    with small_world(tmp_path_factory.mktemp("named") / "data") as world:
        for name in NAMES:
            give(world, name)
        bring(world, f"{NAMES[0]}.json", json.dumps([a_chat(n, x) for n, x in enumerate(NAMES)]).encode())
        yield world


def give(world: World, name: str) -> None:
    """Call one of each by this name; what a name of its kind cannot be is refused, and that is well."""
    if "\u0000" not in name:
        provider = {"kind": "custom", "name": name[:60], "base_url": world.upstream, "api_key": "sk-x"}
        tried(
            world, "POST", "/api/providers", {**provider, "format": "openai", "default_model": name, "models": [name]}
        )
    tried(world, "POST", "/api/folders", {"name": name})
    tried(world, "POST", "/api/presets", {"name": name, "description": name, "system": name, "model": name})
    tried(world, "POST", "/api/prompts", {"name": name, "text": name})
    chat = tried(world, "POST", "/api/chats", {"title": name, "system": name})
    if chat:
        tried(world, "PATCH", f"/api/chats/{chat['id']}", {"tags": [name], "pinned": True})
    upload(world, f"/api/attachments?name={quote(name)}", f"{name}\n".encode())


def bring(world: World, name: str, data: bytes) -> list[dict[str, Any]]:
    """Import a file of chats; a line about each."""
    made = upload(world, f"/api/import?name={quote(name)}", data)
    while world.api("GET", f"/api/imports/{made['id']}")["state"] in ("waiting", "running"):
        time.sleep(0.05)
    lines: list[dict[str, Any]] = world.api("GET", f"/api/imports/{made['id']}/report?limit=200")["conversations"]
    return lines


def tried(world: World, method: str, path: str, body: Any) -> Any:
    try:
        return world.api(method, path, body)
    except HTTPError as error:
        assert error.code in (400, 409), (path, body, error.read())
        return None


def upload(world: World, path: str, data: bytes) -> Any:
    """Give a file; None where it is refused."""
    headers = {"authorization": f"Bearer {world.token}", "content-type": "application/octet-stream"}
    try:
        with urlopen(Request(world.url + path, data, headers, method="POST"), timeout=20) as answer:
            return json.load(answer)
    except HTTPError as error:
        assert error.code in (400, 415, 422), error.read()
        return None


def a_chat(number: int, name: str) -> dict[str, Any]:
    """A chat of ChatGPT's export, in which everything is named so."""
    said = {"role": "user", "text": name}, {"role": "assistant", "text": name}
    mapping: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None, "children": ["0"]}}
    for place, each in enumerate(said):
        mapping[str(place)] = {
            "id": str(place),
            "parent": str(place - 1) if place else "root",
            "children": [str(place + 1)] if place == 0 else [],
            "message": {
                "id": str(place),
                "author": {"role": each["role"], "name": name},
                "create_time": 1_700_000_000 + place,
                "content": {"content_type": "text", "parts": [each["text"]]},
                "metadata": {"model_slug": name},
            },
        }
    return {
        "title": name,
        "create_time": 1.7e9,
        "update_time": 1.7e9,
        "mapping": mapping,
        "current_node": "1",
        "id": f"c{number}",
    }


@pytest.fixture
def alice(named: World, chromium: Browser) -> Iterator[Watched]:
    """Alice among such names; nothing may have come of them at the end."""
    alice = watch(chromium, named.url)
    sign_in(alice)
    yield alice
    is_harmless(alice)
    alice.close()
