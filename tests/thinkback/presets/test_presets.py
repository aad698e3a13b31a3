"""Presets and saved prompts: each user's own, by pages and by programs; the built-in ones are everybody's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.thinkback.accounts.browser import signed_in
from thinkback.accounts.models import User
from thinkback.chat.preferences import choose, of
from thinkback.presets.models import Preset, SavedPrompt

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


def send(client: Client, method: str, path: str, data: Any) -> Any:
    return client.generic(method, path, json.dumps(data), "application/json")


def test_a_preset_is_made_changed_and_deleted(client: Client, alice: User, bob: User) -> None:
    wanted = {"name": "Sailor", "system": "Arr.", "parameters": {"temperature": 0}, "tools": ["calculator"]}
    made = send(client, "POST", "/api/presets", wanted).json()
    assert made.items() >= wanted.items() and made["built_in"] is False
    path = f"/api/presets/{made['id']}"
    assert send(client, "PATCH", path, {"parameters": {"seed": 1}}).json()["parameters"] == {"seed": 1}
    for method in ("GET", "PATCH", "DELETE"):
        assert send(signed_in(bob), method, path, {}).status_code == 404
    assert client.delete(path).status_code == 204
    assert not Preset.objects.exists()


def test_everybody_has_a_code_review(client: Client) -> None:
    found = {one["id"]: one for one in client.get("/api/presets").json()["results"]}
    assert found["review"]["built_in"] and found["review"]["parameters"]["structure"] == "review"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "sailor"}, "name"),
        ({"name": "x", "parameters": {"temperature": 9}}, "temperature"),
        ({"name": "x", "tools": "calculator"}, "tools"),
        ({"name": "x", "system": 1}, "system"),
    ],
)
def test_nonsense_is_refused_by_field(client: Client, alice: User, data: dict[str, Any], field: str) -> None:
    Preset.objects.create(user=alice, name="Sailor")
    refused = send(client, "POST", "/api/presets", data)
    assert refused.status_code == 400 and refused.json()["error"]["field"] == field
    assert Preset.objects.count() == 1


def test_saved_prompts_by_programs(client: Client, bob: User) -> None:
    made = send(client, "POST", "/api/prompts", {"name": "Greet", "text": "Hello {{name}}"}).json()
    assert client.get("/api/prompts").json()["results"] == [made]
    assert not signed_in(bob).get("/api/prompts").json()["results"]
    path = f"/api/prompts/{made['id']}"
    assert send(client, "PATCH", path, {"text": "Bye"}).json()["text"] == "Bye"
    assert signed_in(bob).delete(path).status_code == 404
    assert client.delete(path).status_code == 204


def test_a_built_in_one_is_copied_to_be_changed(client: Client, alice: User) -> None:
    page = client.get("/settings/presets/new?from=review").content.decode()
    assert "careful senior engineer" in page and 'value="Code review"' in page
    form = {"name": "Mine", "system": "S", "temperature": "0,5", "stop": "a\nb", "json": "on", "tools": ["calculator"]}
    assert client.post("/settings/presets/new", form | {"chosen": "openai/org/gpt"}).status_code == 302
    made = Preset.objects.get()
    assert made.parameters == {"temperature": 0.5, "stop": ["a", "b"], "json": True}
    assert (made.slug, made.model, made.tools) == ("openai", "org/gpt", ["calculator"])


def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(client: Client) -> None:
    answer = client.post("/settings/presets/new", {"name": "Mine", "system": "Long text", "temperature": "hot"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "must be a number" in page
    assert "Long text" in page and 'value="hot"' in page and not Preset.objects.exists()


def test_pages_of_others_are_not_there(client: Client, bob: User) -> None:
    preset = Preset.objects.create(user=bob, name="His")
    prompt = SavedPrompt.objects.create(user=bob, name="His", text="x")
    assert client.get(f"/settings/presets/{preset.id}").status_code == 404
    assert client.post(f"/settings/presets/prompts/{prompt.id}", {"delete": "yes"}).status_code == 404
    assert client.post(f"/settings/presets/{preset.id}/default").status_code == 404
    assert "His" not in client.get("/settings/presets").content.decode()


def test_prompts_are_edited_and_deleted_on_pages(client: Client) -> None:
    assert client.post("/settings/presets/prompts/new", {"name": "Greet", "text": "Hello"}).status_code == 302
    path = f"/settings/presets/prompts/{SavedPrompt.objects.get().id}"
    assert client.post(path, {"name": "Greet", "text": ""}).status_code == 400
    assert "Hello" in client.get(path).content.decode()
    client.post(path, {"delete": "yes"})
    assert not SavedPrompt.objects.exists()


def test_new_chats_begin_with_the_default_one(client: Client, alice: User) -> None:
    preset = Preset.objects.create(user=alice, name="Sailor", system="Arr, matey.", slug="practice", model="practice")
    client.post(f"/settings/presets/{preset.id}/default")
    assert of(alice.id)["default_preset"] == str(preset.id)
    assert "Arr, matey." in client.get("/").content.decode()
    client.post(f"/settings/presets/{preset.id}/default")
    assert "Arr, matey." not in client.get("/").content.decode()
    choose(alice.id, {"default_preset": "nonsense"})
    assert client.get("/").status_code == 200
