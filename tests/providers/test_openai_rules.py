"""What OpenAI's own models refuse is told before it is sent, there and at Azure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import providers
from providers import Image, ImageAddress, JsonAnswer, Message, Prompt, Target, Tool

OPENAI = providers.get("openai")
HI = (Message("user", "Hi"),)


@pytest.mark.parametrize(
    ("model", "taken"),
    [
        ("gpt-4o", ""),
        ("o3", "low medium high"),
        ("o4-mini-2025-04-16", "low medium high"),
        ("gpt-5", "minimal low medium high"),
        ("gpt-5-mini", "minimal low medium high"),
        ("ft:gpt-5-nano:acme", "minimal low medium high"),
        ("gpt-5-chat-latest", ""),
        ("gpt-5.1", "none low medium high"),
        ("gpt-5.2", "none low medium high xhigh"),
        ("gpt-5.11", "none low medium high xhigh"),
        ("gpt-5-pro", "high"),
        ("gpt-5.2-pro", "medium high xhigh"),
        ("gpt-5.1-codex-max", "low medium high xhigh"),
        ("gpt-5-codex", "low medium high"),
        ("o3-deep-research", "medium"),
        ("my-deployment", "none minimal low medium high xhigh"),  # nobody knows what it runs
    ],
)
def test_the_efforts_of_each_model(model: str, taken: str) -> None:
    efforts: Any = ("none", "minimal", "low", "medium", "high", "xhigh")
    known = [one for one in efforts if OPENAI.lacks(Prompt(model, HI, reasoning_effort=one)) == ()]
    assert known == taken.split()


@pytest.mark.parametrize(
    ("model", "asked", "lacking"),
    [
        ("gpt-4o", {"top_p": 0.5, "stop": ("\n",), "seed": 1, "presence_penalty": 1.0}, ()),
        ("o3", {"top_p": 0.5, "stop": ("\n",), "seed": 1}, ("stop", "top_p")),
        ("o1", {"stop": ("\n",), "parallel_tool_calls": False}, ("parallel_tool_calls",)),
        ("gpt-5", {"frequency_penalty": 1.0, "parallel_tool_calls": False}, ("frequency_penalty",)),
        ("gpt-5", {"reasoning_effort": "minimal", "parallel_tool_calls": False}, ("parallel_tool_calls",)),
        ("gpt-5.1", {"reasoning_effort": "none", "top_p": 0.5}, ()),
        ("gpt-5.1", {"top_p": 0.5}, ("top_p",)),
        ("gpt-3.5-turbo", {"response_format": JsonAnswer({"type": "object"})}, ("json_schema",)),
        ("gpt-4", {"response_format": JsonAnswer({"type": "object"})}, ("json_schema",)),
        ("gpt-4.1", {"response_format": JsonAnswer({"type": "object"})}, ()),
    ],
)
def test_what_a_model_lacks(model: str, asked: dict[str, Any], lacking: tuple[str, ...]) -> None:
    prompt = Prompt(model, HI, tools=(Tool("clock"),), **asked)
    assert OPENAI.lacks(prompt) == lacking
    sent = json.loads(OPENAI.chat(prompt).body)
    assert not set(lacking) & sent.keys()
    assert set(asked) - set(lacking) - {"response_format"} <= sent.keys()


def test_o3_mini_sees_nothing() -> None:
    look = (Message("user", (Image(b"x"), ImageAddress("https://a.example/b.png"))),)
    assert OPENAI.lacks(Prompt("o3-mini", look)) == ("images", "image_urls")
    assert OPENAI.lacks(Prompt("o3", look)) == OPENAI.lacks(Prompt("gpt-4.1-mini", look)) == ()


def test_a_temperature_passes_only_where_nothing_is_reasoned() -> None:
    prompt = Prompt("gpt-5.2", HI, "Be kind.", 0.5)
    assert "temperature" not in json.loads(OPENAI.chat(prompt).body)
    assert json.loads(OPENAI.chat(replace(prompt, reasoning_effort="none")).body)["temperature"] == 0.5


def test_who_speaks_first_to_a_model_that_reasons_is_the_developer() -> None:
    for model, role in (("o3", "developer"), ("gpt-5-mini", "developer"), ("gpt-4o", "system"), ("mine", "system")):
        assert json.loads(OPENAI.chat(Prompt(model, HI, "Be kind.")).body)["messages"][0]["role"] == role


def test_azure_knows_a_deployment_by_its_model() -> None:
    azure = providers.get("azure").wire(Target("azure", "", options={"deployments": "mine=o3-mini"}))
    assert azure.lacks(Prompt("mine", HI, top_p=0.5)) == ("top_p",)
    assert azure.lacks(Prompt("other", HI, top_p=0.5)) == ()
    assert json.loads(azure.chat(Prompt("mine", HI, "Be kind.")).body)["messages"][0]["role"] == "developer"
