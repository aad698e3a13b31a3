"""Providers in the configuration file: rows, Python files, and wrong ones, which change nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import providers
from providers import Source, Target
from proxy.call import Caller
from tests.plugin import thinkback_example
from thinkback.accounts.models import User
from thinkback.configuration.document import Invalid
from thinkback.configuration.watching import load, read
from thinkback.connections import changes, lookup

ROW = """
providers:
  - kind: rowed
    label: Rowed AI
    base_url: ${ROWED_URL}
    key_url: https://rowed.example/keys
    key_prefixes: [rw-]
    price_id: openai
    description: A service of our own.
    version: "3"
    asks_for_usage: false
    states_cost: true
    forwarded: [x-rowed]
    message_format: simple
    models_path: list
    versioned: false
"""
GOOD = f"{ROW}  - path: thinkback_example.py\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """A good file, and beside it the Python file that it names."""
    monkeypatch.setenv("ROWED_URL", "https://api.rowed.example/v1/")
    shutil.copy(thinkback_example.__file__, tmp_path)
    path = tmp_path / "thinkback.yaml"
    path.write_text(GOOD)
    settings.CONFIG = path
    return path


def kinds() -> set[str]:
    """Those that there are now."""
    return {adapter.kind for adapter in providers.available()}


def test_a_row_and_a_file_are_providers(file: Path) -> None:
    load(file)
    rowed, example = providers.get("rowed"), providers.get("example")
    assert (rowed.label, rowed.base_url, rowed.price_id) == ("Rowed AI", "https://api.rowed.example/v1", "openai")
    assert (rowed.key_prefixes, rowed.asks_for_usage) == (("rw-",), False)
    assert (rowed.message_format, rowed.models().path, rowed.versioned) == ("simple", "list", False)
    assert rowed.forwarded == providers.OpenAIFormat.forwarded | {"x-rowed"}
    assert providers.recognise("rw-1") is rowed
    assert providers.source_of("rowed") == Source("thinkback.yaml", "3", "A service of our own.")
    assert example.headers(Target("example", "", options={"project": "p"})) == {"x-project": "p"}
    assert providers.source_of("example") == Source("thinkback_example.py")


def test_reading_alone_changes_nothing(file: Path) -> None:
    read(file)
    assert not kinds() & {"rowed", "example"}


def test_a_file_is_read_anew(file: Path) -> None:
    load(file)
    module = file.with_name("thinkback_example.py")
    module.write_text(module.read_text().replace("Example AI", "Changed AI"))
    load(file)
    assert providers.get("example").label == "Changed AI"
    file.write_text("")
    load(file)
    assert not kinds() & {"rowed", "example"}


def row(**more: str) -> str:
    """A file of one row."""
    fields = {"kind": "rowed", "label": "Rowed AI", "base_url": "https://api.rowed.example/v1", **more}
    return "providers:\n  - " + "\n    ".join(f"{name}: {value}" for name, value in fields.items())


WRONG = [
    ("providers: rowed", "line 1: is a list of providers"),
    ("providers:\n  - rowed", "line 2: a provider has kind, label and base_url, or a path"),
    ("providers:\n  - kind: rowed", "line 2: a provider has kind, label and base_url, or a path"),
    (row(colour="blue"), "line 5: a provider has kind, label,"),
    (row(kind="openai"), "line 2: there is a provider of the kind 'openai' already"),
    (row(kind="Rowed"), "line 2: Rowed AI: its kind is at most 40 small letters and digits"),
    (row(label="3"), "line 3: label is a text"),
    (row(base_url="nonsense"), "line 4: base_url: An address begins with https"),
    (row(base_url="http://10.0.0.1/v1"), "line 4: base_url: "),
    (row(asks_for_usage="maybe"), "line 5: asks_for_usage is true or false"),
    (row(key_prefixes="rw-"), "line 5: key_prefixes is a list of texts"),
    (row(message_format="rhyme"), "line 2: Rowed AI: its message_format is one of"),
    (row(models_path="3"), "line 5: models_path is a text"),
    (row(forwarded="[authorization]"), "line 2: Rowed AI: headers that carry keys are never forwarded"),
    (row() + "\n" + row().partition("\n")[2], "line 5: there is a provider of the kind 'rowed' already"),
    ("providers:\n  - path: 3", "line 2: a path names a Python file"),
    ("providers:\n  - path: nowhere.py", "nowhere.py cannot be read (No such file or directory)"),
    ("providers:\n  - path: broken.py", "broken.py cannot be loaded (SyntaxError: "),
    ("providers:\n  - path: leaving.py", "leaving.py cannot be loaded (SystemExit: 3)"),
    ("providers:\n  - path: empty.py", "line 2: it holds no adapter"),
    ("providers:\n  - path: unfit.py", "line 2: Unfit AI: chat() is missing"),
    ("providers:\n  - path: empty.py\n    kind: x", "line 3: a provider has path; not 'kind'"),
]
FILES = {
    "broken.py": "class :",
    "leaving.py": "import sys\nsys.exit(3)",
    "empty.py": "from providers import OpenAIFormat",
    "unfit.py": (
        "from providers import Adapter, OpenAIFormat\n"
        "class Unfit(OpenAIFormat):\n    kind, label, chat = 'unfit', 'Unfit AI', Adapter.chat"
    ),
}


@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_a_wrong_one_is_refused_with_its_line_and_changes_nothing(file: Path, text: str, reason: str) -> None:
    load(file)
    before = providers.get("rowed")
    for name, code in FILES.items():
        file.with_name(name).write_text(code)
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        load(file)
    assert f"{file}, line " in refused.value.reason and reason in refused.value.reason
    assert providers.get("rowed") is before and "example" in kinds()


@pytest.mark.django_db(transaction=True)
async def test_configurations_are_looked_up_again(file: Path, alice: User) -> None:
    load(file)
    caller = Caller(alice.pk, "session")
    await lookup.database_sync_to_async(changes.create)(alice.pk, {"kind": "rowed"})
    found = await lookup.find(caller, "rowed")
    assert found is not None and found.target.base_url == "https://api.rowed.example/v1"
    file.write_text(file.read_text().replace("${ROWED_URL}", "https://new.rowed.example/v1"))
    load(file)
    found = await lookup.find(caller, "rowed")
    assert found is not None and found.target.base_url == "https://new.rowed.example/v1"
    file.write_text("")
    load(file)
    assert await lookup.find(caller, "rowed") is None
