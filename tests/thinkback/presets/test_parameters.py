"""The settings of a chat: what each takes, and what a prompt is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from providers import JsonAnswer
from thinkback.presets.parameters import Unfit, changed, told


def test_a_change_names_what_it_changes_and_null_takes_back() -> None:
    assert changed({"temperature": 1, "seed": 4}, {"temperature": 0, "seed": None}) == {"temperature": 0}


def test_a_switch_that_is_off_is_as_if_never_set() -> None:
    assert changed({"json": True}, {"json": False}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 2.1),
        ("temperature", True),
        ("temperature", float("nan")),
        ("temperature", "1"),
        ("max_output_tokens", 0),
        ("max_output_tokens", 1.5),
        ("reasoning_effort", "enormous"),
        ("stop", []),
        ("stop", "."),
        ("stop", [""]),
        ("stop", ["x"] * 9),
        ("json", 1),
        ("structure", "poem"),
        ("structure", ["review"]),
        ("colour", "red"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(Unfit) as caught:
        changed({}, {name: value})
    assert caught.value.name == name


def test_settings_must_be_an_object() -> None:
    with pytest.raises(Unfit, match="parameters"):
        changed({}, ["temperature"])


def test_a_prompt_is_told_zero_and_not_what_is_unset() -> None:
    assert told({"temperature": 0, "max_output_tokens": 5, "stop": ["#"], "drop_oldest": True}) == {
        "temperature": 0,
        "max_tokens": 5,
        "stop": ("#",),
    }


def test_what_an_import_brought_that_does_not_fit_is_left_out() -> None:
    assert told({"temperature": "hot", "seed": 7, "nonsense": 1}) == {"seed": 7}


def test_json_and_findings_are_asked_for_as_forms() -> None:
    assert told({"json": True}) == {"response_format": JsonAnswer()}
    assert told({"json": True, "structure": "review"})["response_format"].schema is not None
