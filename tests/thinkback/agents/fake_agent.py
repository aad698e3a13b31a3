"""A program that speaks as Claude Code does without a terminal. It does what its prompt says, word by word:

`env` tells its environment, `read PATH` what it may read, `call` calls a model through the API that it was given,
`child` starts a process that shares neither environment nor session, and both go on for ever; `fail STATUS`, `crash`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

UNKNOWN = "No conversation found with session ID: "


def say(**event: Any) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def text(words: str) -> None:
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": words}}
    say(type="stream_event", event=delta, parent_tool_use_id=None)


def tool(name: str, **given: str) -> None:
    part = {"type": "tool_use", "id": "toolu_1", "name": name, "input": given}
    say(type="assistant", message={"role": "assistant", "content": [part]}, parent_tool_use_id=None)


def can_read(path: str) -> str:
    try:
        Path(path).read_bytes()
    except OSError as error:
        return type(error).__name__
    return "read"


def call() -> str:
    """One call of a model, as an SDK makes it."""
    body = {"model": "claude-sonnet-4-5", "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"authorization": f"Bearer {os.environ['ANTHROPIC_AUTH_TOKEN']}", "content-type": "application/json"}
    url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.status)


def obey(words: str) -> None:
    match words.split():
        case ["env"]:
            text(json.dumps(dict(os.environ)))
        case ["read", path]:
            tool("Read", file_path=path)
            text(can_read(path))
        case ["call"]:
            text(call())
        case ["child"]:
            alone = {"env": {}, "start_new_session": True, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
            child = subprocess.Popen(["/bin/sleep", "600"], **alone)
            text(f"child {child.pid}.")
            time.sleep(600)
        case ["fail", status]:
            say(type="result", subtype="success", is_error=True, api_error_status=int(status), result="API Error")
            sys.exit(1)
        case ["crash"]:
            sys.stderr.write("it broke\n")
            sys.exit(3)
        case _:
            text(words)


def remembered(options: list[str]) -> Path:
    name = options[options.index("--resume" if "--resume" in options else "--session-id") + 1]
    place = Path(os.environ["HOME"]) / f"{name}.{Path.cwd().name}.json"
    if "--resume" in options and not place.exists():
        say(type="result", subtype="error_during_execution", is_error=True, errors=[UNKNOWN + name])
        sys.exit(1)
    return place


def main() -> None:
    place = remembered(sys.argv[1:])
    words = json.loads(sys.stdin.readline())["message"]["content"][0]["text"]
    before = json.loads(place.read_text()) if place.exists() else []
    place.write_text(json.dumps([*before, words]))
    say(type="system", subtype="init", session_id=place.name.partition(".")[0])
    obey(words)
    if before:
        text(f" (after {len(before)})")
    say(type="result", subtype="success", is_error=False, num_turns=1, total_cost_usd=0.0125)


main()
