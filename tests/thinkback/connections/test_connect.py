"""`/connect`: code that works when it is pasted."""

from __future__ import annotations

import ast
import json
import subprocess
from typing import Any

import pytest
from django.test import Client

from tests.thinkback.accounts.browser import send
from thinkback.accounts.models import ApiToken, User
from thinkback.connections.snippets import base_url, snippets

ROOT = "https://think.example/api/proxy/mine"


def test_each_sdk_takes_its_own_base_url() -> None:
    assert base_url(ROOT, "openai") == f"{ROOT}/v1"
    assert base_url(ROOT, "anthropic") == base_url(ROOT, "google") == base_url(ROOT, "bedrock") == ROOT


@pytest.mark.parametrize("shape", ["openai", "anthropic", "google", "bedrock", "vertex"])
@pytest.mark.parametrize("model", ["small", "od\"d's\\", "", "claude-opus-4-8"])
def test_the_python_parses_and_names_the_model(shape: str, model: str) -> None:
    tree = ast.parse(snippets(ROOT, shape, model)[0].code)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert base_url(ROOT, shape) in texts and (model in texts or not model)


@pytest.mark.parametrize("shape", ["openai", "anthropic", "google", "bedrock", "vertex"])
def test_the_shell_sends_whole_json(shape: str) -> None:
    code = snippets(ROOT, shape, "it's")[1].code.replace("curl", "printf '%s\\n'", 1)
    said = subprocess.check_output(["bash", "-c", code], text=True, env={"THINKBACK_TOKEN": "t"})
    url, rest = said.split("\n", 1)
    assert url.startswith(f"{ROOT}/model/" if shape == "bedrock" else f"{ROOT}/v1")
    json.loads(rest[rest.index("{") :])


def test_a_custom_provider_is_under_custom(browser: Client) -> None:
    data = {"kind": "custom", "name": "Mine", "base_url": "https://llm.example.org", "format": "anthropic"}
    send(browser, "/api/providers", data)
    page = browser.get("/connect?provider=mine").text
    assert "http://testserver/api/proxy/custom/mine" in page and "from anthropic import Anthropic" in page


def test_all_providers_have_one_address(browser: Client) -> None:
    data = {"kind": "anthropic", "api_key": "sk-ant-api03-0123456789abcdefWXYZ", "default_model": "claude-haiku-4-5"}
    send(browser, "/api/providers", data)
    page = browser.get("/connect?provider=*").text
    assert "http://testserver/api/v1" in page and "anthropic/claude-haiku-4-5" in page
    assert "from openai import OpenAI" in page and "/api/proxy/" not in page


def test_without_a_token_it_says_how_to_get_one(browser: Client) -> None:
    assert "You need a token" in browser.get("/connect").text


def test_a_chosen_token_is_named_and_others_are_not_offered(browser: Client, alice: User, bob: User) -> None:
    def token(user: User, name: str, **more: Any) -> ApiToken:
        return ApiToken.objects.create(user=user, name=name, digest=name, last_four="wxyz", **more)

    mine = token(alice, "laptop", scopes=["proxy"])
    token(alice, "reader", scopes=["usage"])
    token(bob, "bobs", scopes=["proxy"])
    page = browser.get(f"/connect?token={mine.pk}").text
    assert "laptop (…wxyz)" in page and "You need a token" not in page
    assert "reader" not in page and "bobs" not in page


def test_nonsense_in_the_address_does_no_harm(browser: Client) -> None:
    assert browser.get("/connect?provider=%00nope&token=abc").status_code == 200
