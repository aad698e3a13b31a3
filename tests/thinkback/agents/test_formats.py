"""What the two agents say without a terminal, as they said it (2.1 of Claude Code, 1.18 of OpenCode)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from thinkback.agents.claude_code import ClaudeCode
from thinkback.agents.opencode import OpenCode
from thinkback.agents.said import Began, Broke, Did, Format, Listener, Lost, Reported, Said, Spoke, Thought, Turn

RECORDINGS = Path(__file__).with_name("recordings")
PROGRAM = Path("/usr/bin/agent")


def heard(listener: Listener, name: str, code: int = 0, complaint: str = "") -> list[Said]:
    said = [one for line in (RECORDINGS / name).read_bytes().splitlines() for one in listener.feed(line)]
    return said + listener.close(code, complaint)


def words(said: list[Said]) -> str:
    return "".join(one.text for one in said if isinstance(one, Spoke))


def turn(**named: object) -> Turn:
    usual = {"session": "s1", "goes_on": False, "words": "--rm $(id)", "model": "default", "may": "edit"}
    usual |= {"api": "http://127.0.0.1:8000/api/proxy/anthropic", "wire_format": "anthropic", "token": "tb_canary"}
    return Turn(**{**usual, **named})  # type: ignore[arg-type]


def test_claude_code_speaks_piece_by_piece() -> None:
    said = heard(ClaudeCode().listener(), "claude_text.jsonl")
    assert said[0] == Began("11111111-2222-4333-8444-555555555555")
    assert said[1:3] == [Thought("Let me think."), Spoke("Hello")]
    assert words(said) == "Hello, number 2"
    assert said[-1] == Reported(Decimal("0.000285"), 1)


def test_claude_code_tells_of_its_tools() -> None:
    said = heard(ClaudeCode().listener(), "claude_tool.jsonl")
    notes = [one.note for one in said if isinstance(one, Did)]
    assert notes[0] == "Bash `env | sort; pwd`"
    assert notes[1].startswith("That failed: `This Bash command contains multiple operations.")
    assert (words(said), said[-1]) == ("Hello, number 6", Reported(Decimal("0.00057"), 2))


def test_claude_code_does_not_know_a_session() -> None:
    assert heard(ClaudeCode().listener(), "claude_lost.jsonl", 1) == [Lost()]


def test_claude_code_fails_as_its_service_did() -> None:
    line = {"type": "result", "subtype": "success", "is_error": True, "api_error_status": 402, "result": "No credit"}
    assert ClaudeCode().listener().feed(json.dumps(line).encode()) == [Broke("No credit", 402)]


def test_opencode_speaks_part_by_part() -> None:
    said = heard(OpenCode().listener(), "opencode_text.jsonl")
    assert said == [Began("ses_dffa56ac4ffepPwrcF9NfhB7gH"), Spoke("Hello, number 2"), Reported(None, 1)]


def test_opencode_tells_of_its_tools() -> None:
    said = heard(OpenCode().listener(), "opencode_tool.jsonl")
    assert said[1:] == [Did("bash `env | sort; pwd; sleep 1`"), Spoke("Hello, number 6"), Reported(None, 2)]


def test_opencode_fails_as_its_service_did() -> None:
    assert heard(OpenCode().listener(), "opencode_401.jsonl", 1)[-1] == Broke("Incorrect API key", 401)


def test_opencode_does_not_know_a_session() -> None:
    assert OpenCode().listener().close(1, "Error: Session not found") == [Lost()]


@pytest.mark.parametrize("format", [ClaudeCode(), OpenCode()])
@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b'{"type":1}', b'{"type":"result","errors":7}', b"\xff\xfe"]
)
def test_nonsense_is_passed_over(format: Format, line: bytes) -> None:
    assert all(isinstance(one, Reported | Began) for one in format.listener().feed(line))
    assert isinstance(format.listener().close(3, ""), list)


@pytest.mark.parametrize("format", [ClaudeCode(), OpenCode()])
@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize("may", ["read", "edit", "all"])
def test_neither_words_nor_token_stand_in_the_command(format: Format, may: str, *, goes_on: bool) -> None:
    made = turn(goes_on=goes_on, may=may)
    command = format.command(PROGRAM, made)
    assert made.words not in command and not any("tb_canary" in word for word in command)
    assert b"--rm $(id)" in format.stdin(made)
    assert "tb_canary" in format.variables(made).values()
    assert ("s1" in command) is (goes_on or isinstance(format, ClaudeCode))


def test_no_file_of_the_directory_names_programs() -> None:
    assert OpenCode().variables(turn())["OPENCODE_DISABLE_PROJECT_CONFIG"] == "1"
    assert "--pure" in OpenCode().command(PROGRAM, turn())
    command = ClaudeCode().command(PROGRAM, turn())
    assert command[command.index("--setting-sources") + 1] == "" and "--strict-mcp-config" in command


def test_what_opencode_may_do() -> None:
    read, everything = (
        json.loads(OpenCode().variables(turn(may=may, model="gpt-x", wire_format="openai"))["OPENCODE_CONFIG_CONTENT"])
        for may in ("read", "all")
    )
    assert (read["permission"]["edit"], read["permission"]["bash"]) == ("deny", "deny")
    assert (everything["permission"]["bash"], everything["permission"]["external_directory"]) == ("allow", "deny")
    assert read["model"] == "thinkback/gpt-x" and read["enabled_providers"] == ["thinkback"]
