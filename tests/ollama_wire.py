"""What Ollama says by its own API: for the fake upstream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.wire import INPUT, Plan, dump

BASE = {"model": "said-model", "created_at": "2026-11-20T09:14:01.482917365Z"}
TAGS = {"models": [{**BASE, "name": "said-model", "modified_at": "2026-10-02T14:31:07Z", "size": 1, "digest": "5"}]}
SHOW = {
    "details": {"family": "said"},
    "model_info": {"general.architecture": "said", "said.context_length": 8192},
    "capabilities": ["completion", "tools"],
}
EMBEDDED = {"model": "said-model", "embeddings": [[0.5, 0.25]], "total_duration": 1, "prompt_eval_count": INPUT}


def line(value: dict[str, Any]) -> bytes:
    """One object on a line of its own."""
    return f"{dump(value)}\n".encode()


def said(path: str, plan: Plan, body: dict[str, Any]) -> dict[str, Any] | Iterator[bytes] | None:
    """The answer: a document, or the lines of a stream; None for what is no address of Ollama's own."""
    name = path.rpartition("/api/")[2]
    if name in ("chat", "generate"):
        documents = list(chat(plan, body) if name == "chat" else generate(plan))
        if body.get("stream") is not False:
            return map(line, documents)
        return whole(documents)
    return {"tags": TAGS, "show": SHOW, "embed": EMBEDDED}.get(name)


def chat(plan: Plan, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of a chat, each as a document."""
    calls = [{"function": {"name": "look", "arguments": {"at": "x"}}}] * plan.tools
    texts = [] if calls else said_again(body) if plan.echo else plan.texts()
    if body.get("think"):
        yield spoken(thinking="Hm. ")
    for call in calls:
        yield spoken(tool_calls=[call])
    for text in texts:
        yield spoken(content=text)
    yield {**spoken(), **end(plan)}


def generate(plan: Plan) -> Iterator[dict[str, Any]]:
    """The lines of a completion, each as a document."""
    for text in plan.texts():
        yield {**BASE, "response": text, "done": False}
    yield {**BASE, "response": "", **end(plan), "context": [1, 2, 3]}


def spoken(**message: Any) -> dict[str, Any]:
    """A line that is not the last one."""
    return {**BASE, "message": {"role": "assistant", "content": "", **message}, "done": False}


def end(plan: Plan) -> dict[str, Any]:
    """What only the last line holds."""
    return {"done": True, "done_reason": "stop", "prompt_eval_count": INPUT, "eval_count": plan.chunks}


def whole(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """All lines in one document."""
    last = documents[-1]
    if "response" in last:
        return {**last, "response": "".join(document["response"] for document in documents)}
    text = "".join(document["message"]["content"] for document in documents)
    return {**last, "message": {**last["message"], "content": text}}


def said_again(body: dict[str, Any]) -> list[str]:
    """What the last message held: its pictures if it has any."""
    message = body["messages"][-1]
    return list(message.get("images") or [message["content"]])
