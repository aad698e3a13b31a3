"""A key file of Google Cloud in the settings: pasted as it is, known by the end of its key's id."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.service_account import KEY_ID, key_file
from tests.thinkback.accounts.browser import send
from thinkback.connections.models import Connection
from thinkback.connections.targets import binding_of
from thinkback.vault import keys

URL = "/api/providers"


def add(browser: Client, **more: Any) -> Any:
    return send(browser, URL, {"kind": "vertex", "name": "Cloud", "api_key": key_file(), **more})


def test_the_file_is_taken_as_it_is_and_names_its_project(browser: Client) -> None:
    answer = add(browser)
    assert answer.status_code == 201
    assert (answer.json()["options"]["project"], answer.json()["key"]["last_four"]) == ("my-project", KEY_ID[-4:])
    stored = json.loads(keys.open_sealed(binding_of(Connection.objects.get(kind="vertex"))))
    assert stored["private_key"] == json.loads(key_file())["private_key"] and "token_uri" not in stored


def test_another_project_may_pay(browser: Client) -> None:
    assert add(browser, project="other-project").json()["options"]["project"] == "other-project"


def test_what_is_wrong_is_said_at_its_field(browser: Client) -> None:
    for given, field in (
        ({"api_key": '{"type": "authorized_user"}'}, "api_key"),
        ({"location": "Belgium"}, "location"),
        ({"project": "no/project"}, "project"),
    ):
        error = add(browser, **given).json()["error"]
        assert error["field"] == field, error
    assert not Connection.objects.filter(kind="vertex").exists()


def test_the_form_shows_location_and_what_to_paste(browser: Client) -> None:
    page = browser.get("/settings/providers/new/vertex").text
    assert "Key file of a service account" in page and 'name="location"' in page and "oauth2.googleapis.com" in page


def test_the_page_names_the_host_of_the_location(browser: Client) -> None:
    add(browser)
    page = browser.get("/settings/providers/vertex").text
    assert "<strong>aiplatform.googleapis.com</strong>" in page and 'value="global"' in page
    moved = json.dumps({"location": "europe-west4"})
    answer = browser.patch(f"{URL}/vertex", moved, content_type="application/json")
    assert answer.json()["host"] == "europe-west4-aiplatform.googleapis.com"
    assert answer.json()["key"]["present"]  # all of them are Google's


def test_the_code_to_copy_is_that_of_vertex(browser: Client) -> None:
    add(browser)
    assert "vertexai=True" in browser.get("/connect?provider=vertex").text
    add(browser, default_model="claude-opus-4-8")
    page = browser.get("/connect?provider=vertex-2").text
    assert "AnthropicVertex" in page and "models/claude-opus-4-8:rawPredict" in page
