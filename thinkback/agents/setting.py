"""THINKBACK_AGENTS: which agents there are, where they may work, and what they may do there. Not set: none."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from thinkback.agents import paths, sandbox

KINDS = ("claudecode", "opencode")
NUMBERS = {"sessions": 1000, "sessions_each": 1000, "idle_minutes": 10_000}  # and the most of each
WORDS = {
    "may": ("edit", "read", "all"),
    "for": ("administrators", "everyone"),
    "sandbox": ("on", "off"),
    "network": ("off", "on"),
}


@dataclass(frozen=True, slots=True)
class Agents:
    """What the administrator allows. Without programs there are no agents."""

    programs: dict[str, Path] = field(default_factory=dict)  # by kind
    roots: tuple[Path, ...] = ()
    sessions: int = 4  # active ones of all users together
    sessions_each: int = 2  # of one user
    idle_minutes: int = 30  # after which an active session is suspended
    may: str = "edit"
    everyone: bool = False  # not only owner and administrators
    sandbox: bool = True
    network: bool = False


def read(text: str, data: Path) -> Agents:
    """`claudecode=/usr/bin/claude,directories=/srv/work:/srv/notes,sessions=4`. Raises ValueError."""
    if not text:
        return Agents()
    if sys.platform != "linux":
        raise ValueError("agents need Linux.")
    values = split(text)
    found: dict[str, Any] = {name: number(name, values[name]) for name in NUMBERS if name in values}
    found["programs"] = {kind: named(values[kind]) for kind in KINDS if kind in values}
    found["roots"] = tuple(paths.root(one, data) for one in values.get("directories", "").split(":") if one)
    found["may"] = word("may", values)
    found["everyone"] = word("for", values) == "everyone"
    found["sandbox"] = word("sandbox", values) == "on"
    found["network"] = word("network", values) == "on"
    agents = replace(Agents(), **found)
    check(agents)
    return agents


def named(text: str) -> Path:
    """The path of a program as it was written: what it leads to may change, and is looked at again before each start.
    Raises ValueError."""
    paths.program(text)
    return Path(text)


def check(agents: Agents) -> None:
    """Whether these values make sense together, and on this machine. Raises ValueError."""
    if not agents.programs:
        raise ValueError(f"names no agent. Write {' or '.join(f'{kind}=/path/of/the/program' for kind in KINDS)}.")
    if not agents.roots:
        raise ValueError("names no directory that agents may use. Write directories=/srv/work:/srv/notes.")
    if agents.sandbox and sandbox.version() < 1:
        raise ValueError("this kernel has no Landlock to confine agents with. Write sandbox=off to do without.")
    if agents.sandbox and not agents.network and sandbox.version() < sandbox.NETWORK:
        raise ValueError("this kernel cannot keep agents off the network (Linux 6.7 can). Write network=on.")
    if not agents.sandbox and not agents.network:
        raise ValueError("without the sandbox agents reach the network. Write network=on as well.")


def split(text: str) -> dict[str, str]:
    """The values by name. Raises ValueError."""
    known = (*KINDS, "directories", *NUMBERS, *WORDS)
    values: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (side.strip() for side in part.partition("="))
        if name not in known or not value:
            raise ValueError(f"knows {', '.join(known)}; each is written name=value.")
        values[name] = value
    return values


def number(name: str, text: str) -> int:
    """A whole number of at least one. Raises ValueError."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= NUMBERS[name]:
        raise ValueError(f"{name} must be a whole number from 1 to {NUMBERS[name]}.")
    return int(text)


def word(name: str, values: dict[str, str]) -> str:
    """One of a few words; the first is the default. Raises ValueError."""
    value = values.get(name, WORDS[name][0])
    if value not in WORDS[name]:
        raise ValueError(f"{name} must be one of {', '.join(WORDS[name])}.")
    return value
