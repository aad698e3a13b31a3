"""A provider that a pip package brings, and one that is a row of the configuration file, in the real server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.live import ROOT
from tests.world import CANARY, World, small_world

EXAMPLE = ROOT / "tests" / "plugin"
FILES = {"toml": "pyproject.toml", "python": "thinkback_example.py"}
ASK = {"messages": [{"role": "user", "content": "Hello"}]}
ROW = """
providers:
  - kind: rowed
    label: Rowed AI
    base_url: http://${THINKBACK_PRIVATE_UPSTREAMS}/v1
    price_id: openai
"""
OTHERS = {  # packages that cannot be used: entry points, by name
    "leaving": "leaving:NOTHING",
    "clashing": "clashing:ROW",
    "unfit": "unfit:Unfit",
}
MODULES = {
    "leaving": "raise SystemExit(3)",
    "clashing": "from providers.compatible import Compatible\nROW = Compatible('openai', 'Not OpenAI', 'https://x.example')",
    "unfit": "from providers import Adapter\n\n\nclass Unfit(Adapter):\n    kind = label = 'unfit'\n",
}


def pip() -> list[str]:
    """How to call pip for this environment, which may have none of its own."""
    own = subprocess.run([sys.executable, "-c", "import pip"], capture_output=True, check=False)
    if own.returncode == 0:
        return [sys.executable, "-m", "pip"]
    return [str(getattr(sys, "_base_executable", sys.executable)), "-m", "pip", "--python", sys.executable]


def install(source: Path, target: Path) -> None:
    """Install the example as its users would, without the network."""
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-index"]
    options = ["--no-deps", "--no-build-isolation", "--target", str(target)]
    done = subprocess.run(
        [*pip(), "install", *quiet, *options, str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def write_others(target: Path) -> None:
    """Packages that are no use, installed beside it."""
    for name, entry in OTHERS.items():
        (target / f"{name}.py").write_text(MODULES[name])
        about = target / f"{name}-0.1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        (about / "entry_points.txt").write_text(f"[thinkback.providers]\n{name} = {entry}\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that has all of them on its path."""
    folder = tmp_path_factory.mktemp("plugin")
    install(folder / "source", folder / "site")
    write_others(folder / "site")
    (folder / "thinkback.yaml").write_text(ROW)
    environment = {"PYTHONPATH": str(folder / "site"), "THINKBACK_CONFIG": str(folder / "thinkback.yaml")}
    with small_world(folder / "data", **environment) as world:
        yield world


@pytest.fixture
def example(world: World) -> Iterator[str]:
    """The plug-in's provider, added."""
    slug = world.add("example", project="p-1")
    yield slug
    world.api("DELETE", f"/api/providers/{slug}")


def test_it_can_be_added_with_its_own_fields(world: World) -> None:
    told = world.api("GET", "/api/providers/kinds/example")
    assert (told["label"], told["package"], told["version"]) == ("Example AI", "thinkback-example", "1.2.0")
    assert told["description"] == "Example AI, for ThinkBack."
    assert told["schema"]["properties"]["project"]["type"] == "string"
    assert told["schema"]["required"] == ["api_key"]


def test_its_connection_is_tested(world: World, example: str) -> None:
    found = world.api("POST", f"/api/providers/{example}/test", {})
    assert found["ok"], found
    assert [step["name"] for step in found["steps"]] == ["reach", "key", "models", "answer"]


@pytest.mark.parametrize("stream", [False, True])
def test_it_is_spoken_to_and_metered(world: World, example: str, stream: bool) -> None:
    ask = {**ASK, "model": "gpt-4o", "stream": stream}
    said = world.api("POST", f"/api/proxy/{example}/v1/chat/completions", ask)
    assert "00001" in str(said)
    row = next(row for row in world.records() if row["source"] == "proxy")
    assert (row["provider"], row["slug"], row["status"], row["model"]) == ("example", "example", "ok", "gpt-4o")
    assert (row["streamed"], row["tokens_source"], row["output_tokens"]) == (stream, "provider", 3)
    assert row["cost_source"] == "table" and Decimal(row["cost_usd"]) > 0


def test_a_row_of_the_configuration_file_is_one_too(world: World) -> None:
    slug = world.api("POST", "/api/providers", {"kind": "rowed", "api_key": CANARY})["slug"]
    assert world.api("POST", f"/api/providers/{slug}/test", {})["ok"]
    world.api("POST", f"/api/proxy/{slug}/v1/chat/completions", {**ASK, "model": "gpt-4o"})
    row = world.records()[0]
    assert (row["provider"], row["status"], row["cost_source"]) == ("rowed", "ok", "table")


def test_what_cannot_be_used_is_said_and_keeps_nobody_from_starting(world: World) -> None:
    log = world.server.log
    assert "The provider plug-in leaving (of leaving 0.1) is left out: it cannot be loaded (SystemExit: 3)." in log
    assert "The provider plug-in openai (of clashing 0.1) is left out: there is a provider of this kind already" in log
    assert "The provider plug-in unfit (of unfit 0.1) is left out: unfit: " in log
    kinds = {kind["kind"]: kind for kind in world.api("GET", "/api/providers/kinds")["results"]}
    assert "unfit" not in kinds and kinds["openai"]["label"] == "OpenAI"


def test_the_readme_shows_the_whole_of_it() -> None:
    readme = (ROOT / "README.md").read_text()
    shown = {
        language: block
        for language in FILES
        for block in re.findall(rf"^```{language}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
        if "thinkback_example" in block or "class Example" in block
    }
    assert shown == {language: (EXAMPLE / name).read_text() for language, name in FILES.items()}
    assert sum(len(block.splitlines()) for block in shown.values()) < 40
    assert {path.name for path in EXAMPLE.iterdir()} - {"__pycache__"} == set(FILES.values())
