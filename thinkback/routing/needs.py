"""What a prompt needs of a model, and whether one has it. Pure; the sizes are estimates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import providers
from providers import Ability, Adapter, Document, Image, ImageAddress, Model, Prompt, Reasoning, ToolCall, ToolResult
from providers import Text as Words
from proxy.estimating import BYTES_PER_TOKEN

PICTURE = 1_000  # tokens of a picture; services count 250 to 1,600 for one of middling size
PAGE_BYTES, PAGE = 50_000, 1_500  # bytes of a document that are about a page, and its tokens
THINKS = (None, "none", "minimal")  # efforts that any model can make
WORDS: Mapping[str, str] = {
    "tools": "tools", "images": "images", "image_urls": "addresses of images", "documents": "documents",
    "json_object": "JSON answers", "json_schema": "answers by a JSON Schema", "reasoning_effort": "reasoning",
    "tool_choice": "a choice of tools", "parallel_tool_calls": "parallel tool calls",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needs:
    """What a prompt needs: its abilities, by their names, and the tokens of its input and of the answer it wants."""

    prompt: Prompt
    abilities: tuple[Ability, ...]
    input_tokens: int

    @property
    def tokens(self) -> int:
        """What the context must hold."""
        return self.input_tokens + (self.prompt.max_tokens or 0)


def needs_of(prompt: Prompt) -> Needs:
    """What this prompt needs of any model."""
    return Needs(prompt, providers.needed(prompt), tokens_of(prompt))


def lacking(needs: Needs, adapter: Adapter, model: Model) -> tuple[str, ...]:
    """What this model is known to lack, in words; nothing where it may do. What nobody knows is no lack."""
    lacks = dict.fromkeys(adapter.lacks(replace(needs.prompt, model=model.id)))
    lacks.update(dict.fromkeys(_missing(needs, model)))
    words = [in_words(ability) for ability in lacks]
    if model.context is not None and model.context < needs.tokens:
        words.append(f"a context of {needs.tokens:,} tokens")
    return tuple(words)


def _missing(needs: Needs, model: Model) -> Iterator[Ability]:
    for ability in needs.abilities:
        has = {"tools": model.tools, "images": model.images, "image_urls": model.images}.get(ability)
        if ability == "reasoning_effort" and needs.prompt.reasoning_effort not in THINKS:
            has = model.reasoning
        if has is False:
            yield ability


def in_words(ability: str) -> str:
    """An ability as people say it."""
    return WORDS.get(ability, ability)


def special(needs: Needs) -> tuple[str, ...]:
    """The abilities that not every model has, in words."""
    return tuple(WORDS[ability] for ability in needs.abilities if ability in WORDS)


def tokens_of(prompt: Prompt) -> int:
    """The tokens of the input, at four bytes of text each."""
    tools = sum(len(tool.name) + len(tool.description) + len(str(tool.parameters)) for tool in prompt.tools)
    sizes = [_size(part) for message in prompt.messages for part in message.parts]
    text = _bytes([prompt.system]) + tools + sum(size for size, _ in sizes)
    return -(-text // BYTES_PER_TOKEN) + sum(tokens for _, tokens in sizes)


def _size(part: object) -> tuple[int, int]:
    """Bytes of text, and tokens of anything else."""
    match part:
        case Words(text) | Reasoning(text):
            return _bytes([text]), 0
        case ToolCall():
            return _bytes([part.name, part.arguments]), 0
        case ToolResult():
            return _bytes([part.text]), 0
        case Image() | ImageAddress():
            return 0, PICTURE
        case Document(data):
            return 0, (len(data) // PAGE_BYTES + 1) * PAGE
    return 0, 0


def _bytes(texts: Iterable[str]) -> int:
    return sum(len(text.encode("utf-8", "replace")) for text in texts)
