"""The official SDKs in each of the four wire formats, without retries of their own: what comes of one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anthropic
import openai
from google import genai
from google.genai import types

from tests.world import World

ASK = [{"role": "user", "content": "hello"}]
LONGEST = 120.0  # seconds; only a call that hangs takes them


@dataclass
class Heard:
    """What a caller heard: the text so far, whether the answer came to its proper end, or what was raised instead."""

    text: str = ""
    ended: bool = False
    raised: BaseException | None = None
    events: list[str] = field(default_factory=list)  # of an error, where the SDK hands them on

    @property
    def status(self) -> int | None:
        """The HTTP status that the exception names; Google's exceptions call it `code`."""
        found = getattr(self.raised, "status_code", None) or getattr(self.raised, "code", None)
        return found if isinstance(found, int) else None


async def chat(world: World, slug: str, model: str, *, stream: bool, heard: Heard) -> None:
    """OpenAI's chat completions."""
    base = f"{world.url}/api/proxy/{slug}/v1"
    async with openai.AsyncOpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        if not stream:
            (choice,) = (await client.chat.completions.create(model=model, messages=ASK)).choices
            heard.text, heard.ended = choice.message.content or "", choice.finish_reason == "stop"
            return
        async for chunk in await client.chat.completions.create(model=model, messages=ASK, stream=True):
            for choice in chunk.choices:
                heard.text += choice.delta.content or ""
                heard.ended |= choice.finish_reason is not None


async def responses(world: World, slug: str, model: str, *, stream: bool, heard: Heard) -> None:
    """OpenAI's Responses."""
    base = f"{world.url}/api/proxy/{slug}/v1"
    async with openai.AsyncOpenAI(base_url=base, api_key=world.token, max_retries=0) as client:
        if not stream:
            response = await client.responses.create(model=model, input="hello")
            heard.text, heard.ended = response.output_text, response.status == "completed"
            return
        async for event in await client.responses.create(model=model, input="hello", stream=True):
            if event.type == "response.output_text.delta":
                heard.text += event.delta
            elif event.type in ("error", "response.failed"):
                heard.events.append(event.type)
            heard.ended |= event.type == "response.completed"


async def messages(world: World, slug: str, model: str, *, stream: bool, heard: Heard) -> None:
    """Anthropic's Messages."""
    base = f"{world.url}/api/proxy/{slug}"
    async with anthropic.AsyncAnthropic(base_url=base, api_key=world.token, max_retries=0) as client:
        if not stream:
            message = await client.messages.create(model=model, max_tokens=10, messages=ASK)
            heard.text = "".join(block.text for block in message.content if block.type == "text")
            heard.ended = message.stop_reason == "end_turn"
            return
        async for event in await client.messages.create(model=model, max_tokens=10, messages=ASK, stream=True):
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                heard.text += event.delta.text
            heard.ended |= event.type == "message_stop"


async def generate(world: World, slug: str, model: str, *, stream: bool, heard: Heard) -> None:
    """Google's generateContent and streamGenerateContent."""
    options = types.HttpOptions(base_url=f"{world.url}/api/proxy/{slug}")
    with genai.Client(api_key=world.token, http_options=options) as client:
        try:
            if stream:
                async for part in await client.aio.models.generate_content_stream(model=model, contents="hello"):
                    note(part, heard)
            else:
                note(await client.aio.models.generate_content(model=model, contents="hello"), heard)
        finally:
            await client.aio.aclose()


def note(part: types.GenerateContentResponse, heard: Heard) -> None:
    """Take one answer of Google's, or one piece of it."""
    for candidate in part.candidates or []:
        for piece in (candidate.content.parts if candidate.content else None) or []:
            heard.text += piece.text or ""
        heard.ended |= candidate.finish_reason is not None


Caller = Callable[..., Awaitable[None]]
FORMATS: dict[str, tuple[str, Caller]] = {  # the kind of provider, and how it is called
    "chat": ("openai", chat),
    "responses": ("openai", responses),
    "messages": ("anthropic", messages),
    "generate": ("google", generate),
}


async def call(world: World, wire_format: str, slug: str, model: str, *, stream: bool) -> Heard:
    """Make one call, to whatever end."""
    heard = Heard()
    try:
        async with asyncio.timeout(LONGEST):
            await FORMATS[wire_format][1](world, slug, model, stream=stream, heard=heard)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the caller hears
        heard.raised = error
    return heard
