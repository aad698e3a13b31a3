"""The configuration file: read, refused with its line, read again when it changes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from proxy.masking import MaskPersonalData
from proxy.middleware import MIDDLEWARE, Middleware
from thinkback.configuration.document import Invalid
from thinkback.configuration.watching import Watcher, load

GOOD = """
middleware:
  - use: mask_personal_data
    order: 2
    providers: [openai]
    models: ["gpt-*"]
    on_failure: skip
    options: {patterns: {STAFF: "${STAFF_PATTERN}"}}
  - use: example_middleware:Signed
    order: 1
"""
MODULE = """
from proxy.middleware import Middleware

class Signed(Middleware):
    '''Does nothing.'''
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """A good file, a module that it names, and an installed package that offers the same class."""
    monkeypatch.setenv("STAFF_PATTERN", r"ST-\\d{4}")
    (tmp_path / "example_middleware.py").write_text(MODULE)
    about = tmp_path / "example_middleware-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: example-middleware\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[thinkback.middleware]\nsigned = example_middleware:Signed\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "example_middleware", raising=False)
    path = tmp_path / "thinkback.yaml"
    path.write_text(GOOD)
    settings.CONFIG = path
    return path


def test_it_is_put_in_force(file: Path) -> None:
    load(file)
    signed, masking = MIDDLEWARE.rules
    assert (signed.name, masking.name) == ("Signed", "mask_personal_data")
    assert (masking.providers, masking.models, masking.on_failure) == (("openai",), ("gpt-*",), "skip")
    assert isinstance(masking.middleware, MaskPersonalData)
    assert masking.middleware.patterns[0].kind == "STAFF"


def test_json_is_read_too(file: Path) -> None:
    path = file.with_suffix(".json")
    path.write_text('{\n\t"middleware": [\n\t\t{"use": "mask_personal_data"}\n\t]\n}')
    load(path)
    assert [rule.name for rule in MIDDLEWARE.rules] == ["mask_personal_data"]
    path.write_text('{\n\t"middleware": [\n\t\t{"use": "nothing"}\n\t]\n}')
    with pytest.raises(Invalid, match="line 3: there is no middleware 'nothing'"):
        load(path)


def test_an_installed_package_offers_one(file: Path) -> None:
    file.write_text("middleware: [{use: signed}]")
    load(file)
    (rule,) = MIDDLEWARE.rules
    assert rule.name == "signed" and isinstance(rule.middleware, Middleware)


WRONG = [
    ("a: b: c", "line 1"),
    ("colour: blue", "line 1: there is no section 'colour'"),
    ("middleware:\n  use: x", "line 1: is a list"),
    ("middleware:\n  - use: nothing", "line 2: there is no middleware 'nothing'; there are: mask_personal_data"),
    ("middleware:\n  - use: no.module:Class", "line 2: no.module:Class cannot be loaded"),
    ("middleware:\n  - use: json:JSONDecoder", "line 2: json:JSONDecoder is no class"),
    ("middleware:\n  - use: mask_personal_data\n    speed: 2", "line 3: a rule has use"),
    ("middleware:\n  - use: mask_personal_data\n    order: soon", "line 3: the order"),
    ("middleware:\n  - use: mask_personal_data\n    on_failure: cry", "line 3: on_failure"),
    ("middleware:\n  - use: mask_personal_data\n    models: gpt", "line 3: models is a list"),
    (
        "middleware:\n  - use: mask_personal_data\n    options:\n      kinds: [NAME]",
        "line 3: mask_personal_data: kinds",
    ),
    ("middleware:\n  - use: ${NOT_SET}", "line 2: the environment variable NOT_SET is not set"),
    ("middleware: []\nmiddleware: []", "line 2: 'middleware' stands there twice"),
]


@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_a_wrong_one_is_refused_with_its_line_and_changes_nothing(file: Path, text: str, reason: str) -> None:
    load(file)
    before = MIDDLEWARE.rules
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        load(file)
    assert f"{file}, {reason}" in refused.value.reason
    assert MIDDLEWARE.rules is before


async def test_a_wrong_one_stops_the_start(file: Path) -> None:
    file.write_text("colour: blue")
    with pytest.raises(ImproperlyConfigured, match="THINKBACK_CONFIG: .*line 1"):
        await Watcher().start()
    file.unlink()
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        await Watcher().start()


async def test_it_is_read_again_when_it_changes(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    watcher = Watcher(period=0.01)
    await watcher.start()
    try:
        file.write_text("colour: blue")
        await until(lambda: "The configuration stays as it was" in caplog.text)
        assert "line 1: there is no section 'colour'" in watcher.refused
        assert len(MIDDLEWARE.rules) == 2
        file.write_text("middleware: [{use: mask_personal_data}]")
        await until(lambda: len(MIDDLEWARE.rules) == 1)
        assert watcher.refused == ""
        file.write_text("")
        await until(lambda: not MIDDLEWARE.rules)
    finally:
        await watcher.stop()


async def until(done: Any) -> None:
    """Wait until this is so."""
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0.01)
