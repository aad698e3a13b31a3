"""OpenAI's models that draw: what they are asked, and the events of their answer.

https://platform.openai.com/docs/api-reference/images/create, …/images/createEdit, …/images-streaming
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from providers._abilities import Ability
from providers._base import Exchange
from providers._events import Event, Finish, Image
from providers._json import encode
from providers._openai.reader import drawn, from_base64, objects
from providers._openai.tool_calls import text
from providers._prompt import Message, Prompt

DRAWS = re.compile(r"(^|[/:])(gpt-image|chatgpt-image|dall-e)")
STREAMS = re.compile(r"gpt-image")  # the older ones answer with one document, and with an address unless asked
JSON = {"content-type": "application/json"}
MOST_PICTURES = 16
LONGEST = 32_000  # characters of a description; DALL·E's models took fewer
DONE = ("image_generation.completed", "image_edit.completed")


def draws(model: str) -> bool:
    """Whether a model of this name draws pictures, and does nothing else."""
    return DRAWS.search(model) is not None


def changes(model: str) -> bool:
    """Whether a model of this name takes pictures, to change them: all do but the first."""
    return STREAMS.search(model) is not None


def able(model: str) -> frozenset[Ability]:
    """What a model that draws takes besides words."""
    return frozenset({"images"}) if changes(model) else frozenset()


def request(prompt: Prompt, model: str) -> Exchange:
    """A request for one picture. `model` is what the prompt's name stands for.

    It is described by all that the user said: each wish builds on those before it. Once there are pictures, the last
    one drawn and those shown since are changed, by what was said since.
    """
    said = prompt.messages
    shown = [picture for message in said for picture in message.parts if isinstance(picture, Image)]
    if shown and changes(model):
        begin = max((at for at, message in enumerate(said) if has_drawing(message)), default=0)
        return change(prompt, [part for message in said[begin:] for part in message.parts if isinstance(part, Image)],
                      description(prompt.system, said[begin:]))  # fmt: skip
    form = {"stream": True} if STREAMS.search(model) else {"response_format": "b64_json"}
    body = {"model": prompt.model, "prompt": description(prompt.system, said), "n": 1, **form}
    return Exchange("POST", "v1/images/generations", JSON, body=encode(body))


def has_drawing(message: Message) -> bool:
    """Whether the model drew in this turn."""
    return message.role == "assistant" and any(isinstance(part, Image) for part in message.parts)


def description(system: str, messages: Iterable[Message]) -> str:
    """What the user wished for; the oldest of it is left out where there is too much."""
    wishes = [system, *(message.text for message in messages if message.role == "user")]
    return "\n\n".join(wish.strip() for wish in wishes if wish.strip())[-LONGEST:]


def change(prompt: Prompt, pictures: Sequence[Image], wish: str) -> Exchange:
    """A request to change pictures, which are sent as a form."""
    files = [
        ("image[]", (f"{number}.{picture.media_type.rpartition('/')[2]}", picture.data, picture.media_type))
        for number, picture in enumerate(pictures[-MOST_PICTURES:])
    ]
    form = {"model": prompt.model, "prompt": wish, "n": "1", "stream": "true"}
    request = httpx.Request("POST", "https://form.invalid", data=form, files=files)
    headers = {"content-type": request.headers["content-type"]}
    return Exchange("POST", "v1/images/edits", headers, body=request.read())


def is_whole(document: Mapping[str, Any]) -> bool:
    """Whether this is an answer that was not streamed."""
    return isinstance(document.get("data"), list) and "created" in document and "object" not in document


def read(document: Mapping[str, Any]) -> Iterator[Event]:
    """The picture, once it is done; the stages before it are left out."""
    if document.get("type") in DONE:
        yield from _picture(document, document)
        yield Finish("stop")
    elif is_whole(document):
        for item in objects(document["data"]):
            yield from _picture(item, document)
        yield Finish("stop")


def _picture(item: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Event]:
    if data := from_base64(text(item.get("b64_json"))):
        yield Image(data, f"image/{text(document.get('output_format')) or 'png'}")
    else:
        yield from drawn({"image_url": item.get("url")})
