"""`/api/providers`: make, list, read, change, delete; whose it is; what it never says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY
from thinkback.accounts.models import User
from thinkback.connections.models import Connection
from thinkback.connections.targets import ref_of
from thinkback.vault import keys

URL = "/api/providers"


def patch(client: Client, slug: str, data: dict[str, Any]) -> Any:
    """PATCH an object as JSON."""
    return client.patch(f"{URL}/{slug}", json.dumps(data), content_type="application/json")


def made(client: Client, **data: Any) -> dict[str, Any]:
    """A new configuration, as it was answered."""
    response = send(client, URL, {"kind": "openai", **data})
    assert response.status_code == 201, response.content
    return dict(response.json())


def test_a_new_one_is_answered_with_its_slug_and_the_state_of_its_key(browser: Client) -> None:
    row = made(browser, name="Work", api_key=f"  {KEY}\n")
    assert (row["slug"], row["kind"], row["name"], row["enabled"]) == ("openai", "openai", "Work", True)
    assert row["host"] == "api.openai.com"
    assert row["key"]["present"] is True and row["key"]["last_four"] == "4f2A" and row["key"]["readable"] is True
    assert row["key"]["last_used_at"] is None


def test_the_key_is_sealed_for_its_owner_and_host(browser: Client, alice: User) -> None:
    made(browser, api_key=KEY)
    row = Connection.objects.get(slug="openai")
    binding = keys.Binding(alice.pk, "openai", ("api.openai.com",), f"connection:{row.pk}")
    assert keys.open_sealed(binding) == KEY


def test_no_answer_holds_the_key(browser: Client) -> None:
    answers = [send(browser, URL, {"kind": "openai", "api_key": KEY})]
    answers += [browser.get(URL), browser.get(f"{URL}/openai"), patch(browser, "openai", {"name": "New"})]
    answers += [send(browser, URL, {"kind": "openai", "api_key": KEY, "base_url": "nonsense"})]
    answers += [browser.get("/settings/providers"), browser.get("/settings/providers/openai")]
    assert all(KEY.encode() not in answer.content for answer in answers)


def test_slugs_count_up(browser: Client) -> None:
    assert [made(browser)["slug"] for _ in range(3)] == ["openai", "openai-2", "openai-3"]


def test_a_slug_may_be_given(browser: Client) -> None:
    assert made(browser, slug="at-work")["slug"] == "at-work"


def test_a_custom_one_is_called_by_its_name(browser: Client) -> None:
    row = made(browser, kind="custom", name="My Ollama!", base_url="https://llm.example.org/v1/", format="openai")
    assert (row["slug"], row["base_url"], row["format"]) == ("my-ollama", "https://llm.example.org/v1", "openai")


@pytest.mark.parametrize("name", ["Practice", "Custom", "New", "Kinds"])
def test_a_custom_one_never_takes_a_word_of_ours(browser: Client, name: str) -> None:
    row = made(browser, kind="custom", name=name, base_url="https://llm.example.org", format="openai")
    assert row["slug"] == f"{name.lower()}-2"


def test_the_list_is_newest_first_and_has_practice(browser: Client) -> None:
    made(browser)
    made(browser, kind="anthropic")
    answer = browser.get(URL).json()
    assert {row["slug"] for row in answer["results"]} == {"openai", "anthropic", "practice"}
    assert answer["results"][0]["slug"] == "anthropic" and answer["next"] is None


def test_a_change_keeps_the_rest(browser: Client) -> None:
    made(browser, name="Work", api_key=KEY, headers={"X-Team": "a"})
    row = patch(browser, "openai", {"default_model": "gpt-5", "enabled": False}).json()
    assert (row["default_model"], row["enabled"], row["name"]) == ("gpt-5", False, "Work")
    assert row["headers"] == {"X-Team": "a"} and row["key"]["last_four"] == "4f2A"


def test_null_removes_the_key(browser: Client) -> None:
    made(browser, api_key=KEY)
    assert patch(browser, "openai", {"api_key": None}).json()["key"] == {"present": False}


def test_deleting_takes_the_key_along(browser: Client) -> None:
    made(browser, api_key=KEY)
    ref = ref_of(Connection.objects.get(slug="openai"))
    assert browser.delete(f"{URL}/openai").status_code == 204
    assert keys.status(ref) is None
    assert browser.get(f"{URL}/openai").status_code == 404


def test_practice_can_be_turned_off_but_not_deleted(browser: Client) -> None:
    assert browser.delete(f"{URL}/practice").status_code == 400
    assert patch(browser, "practice", {"enabled": False}).json()["enabled"] is False


def test_strangers_are_turned_away(client: Client, db: None) -> None:
    for response in (client.get(URL), client.get(f"{URL}/openai"), send(client, URL, {"kind": "openai"})):
        assert response.status_code == 401
        assert response.json()["error"]["type"] == "auth_failed"


def test_bob_neither_sees_nor_changes_what_is_alices(browser: Client, bobs: Client) -> None:
    made(browser, name="Work", api_key=KEY)
    assert [row["slug"] for row in bobs.get(URL).json()["results"]] == ["practice"]
    attempts = [
        bobs.get(f"{URL}/openai"), patch(bobs, "openai", {"name": "Mine"}), bobs.delete(f"{URL}/openai"),
        send(bobs, f"{URL}/openai/test", {}), bobs.get(f"{URL}/openai/models"), bobs.get(f"{URL}/openai/models/x"),
        bobs.get("/settings/providers/openai"), bobs.post("/settings/providers/openai", {"name": "Mine"}),
        bobs.post("/settings/providers/openai/delete"), bobs.post("/settings/providers/openai/key/remove"),
        bobs.post("/settings/providers/openai/test"), bobs.post("/settings/providers/openai/models"),
        bobs.post("/settings/providers/openai/enabled", {"enabled": "false"}),
        bobs.post("/settings/providers/openai/models/choice", {"hide": "x"}),
    ]  # fmt: skip
    assert {response.status_code for response in attempts} == {404}
    row = Connection.objects.get(slug="openai")
    assert (row.name, row.enabled, keys.status(f"connection:{row.pk}") is not None) == ("Work", True, True)


def test_the_kinds_tell_their_fields(browser: Client) -> None:
    kinds = {kind["kind"]: kind for kind in browser.get(f"{URL}/kinds").json()["results"]}
    assert {"openai", "anthropic", "google", "custom", "practice"} <= kinds.keys()
    assert "api_key" in {field["name"] for field in kinds["openai"]["fields"]}
    assert kinds["openai"]["key_url"].startswith("https://")
