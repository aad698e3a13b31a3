"""What one message of ChatGPT's export says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from thinkback.transfer.document import Call, File, Part, Source, Thought, Words
from thinkback.transfer.foreign.values import Assets, items, mapping, text

# Where a citation stands: in private-use characters, or between these brackets. The pages themselves are listed beside.
CITATION = re.compile(" ?(?:\ue200[^\ue201]*\ue201|【[^】]*†[^】]*】)")
ASSET = re.compile(r"^[a-z-]+://(?:.*/)?([^/?#]+)")
POINTERS = ("image_asset_pointer", "audio_asset_pointer", "video_container_asset_pointer")
HIDDEN_KINDS = ("user_editable_context", "model_editable_context", "reasoning_recap")
WEB = ("http://", "https://")


def is_hidden(message: dict[str, Any]) -> bool:
    """Whether there is nothing to see: ChatGPT's own prompts, recaps, empty nodes."""
    content = mapping(message.get("content"))
    role = mapping(message.get("author")).get("role")
    if not content or role not in ("user", "assistant", "tool") or content.get("content_type") in HIDDEN_KINDS:
        return True
    if mapping(message.get("metadata")).get("is_visually_hidden_from_conversation") is True:
        return True
    if role == "user":
        return not said_of(message) and not files_of(message, lambda _: "")
    return not parts_of(message, lambda _: "")


def instructions_of(message: dict[str, Any]) -> str:
    """The user's own standing instructions, where this message holds them."""
    content = mapping(message.get("content"))
    if content.get("content_type") != "user_editable_context":
        return ""
    about = mapping(mapping(message.get("metadata")).get("user_context_message_data"))
    told = (about.get("about_user_message"), about.get("about_model_message"))
    wrapped = (content.get("user_profile"), content.get("user_instructions"))
    return "\n\n".join(text(one).strip() for one in (told if any(told) else wrapped) if text(one).strip())


def said_of(message: dict[str, Any]) -> str:
    """The words of a message, what was spoken included."""
    content = mapping(message.get("content"))
    found = [_words(part) for part in items(content.get("parts"))] or [text(content.get("text"))]
    return CITATION.sub("", "\n\n".join(part for part in found if part.strip())).strip()


def _words(part: object) -> str:
    if isinstance(part, str):
        return text(part)
    return text(mapping(part).get("text"))  # a transcript


def files_of(message: dict[str, Any], assets: Assets) -> list[File]:
    """The files of a message, each once: those given with it, and the pictures and recordings in it."""
    metadata = mapping(message.get("metadata"))
    found: dict[str, File] = {}
    for given in map(mapping, items(metadata.get("attachments"))):
        id = text(given.get("id"))
        name = text(given.get("name")) or id or "file"
        found[id or name] = File(name[:200], assets(id)[:200], text(given.get("mime_type"))[:100])
    for part in items(mapping(message.get("content")).get("parts")):
        for id, kind in _pointers(mapping(part)):
            if id not in found:
                found[id] = File(f"{kind} {id}"[:200], assets(id)[:200])
    return list(found.values())


def _pointers(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The files that a part points at, in parts of its own too."""
    for one in (part, mapping(part.get("audio_asset_pointer"))):
        kind = text(one.get("content_type"))
        match = ASSET.match(text(one.get("asset_pointer")))
        if kind in POINTERS and match:
            yield match[1], kind.partition("_")[0]


def parts_of(message: dict[str, Any], assets: Assets) -> list[Part]:
    """What an assistant or a tool says."""
    role = mapping(message.get("author")).get("role")
    kind = text(mapping(message.get("content")).get("content_type"))
    if role == "tool":
        return _of_tool(message, assets)
    recipient = text(message.get("recipient")) or "all"
    if recipient != "all":
        return [Call(recipient[:200], said_of(message))] if said_of(message) else []
    read = KINDS.get(kind, _plain)
    return [*read(message), *files_of(message, assets), *_sources(message)]


def _plain(message: dict[str, Any]) -> list[Part]:
    said = said_of(message)
    return [Words(said)] if said else []


def _code(message: dict[str, Any]) -> list[Part]:
    language = text(mapping(message.get("content")).get("language"))
    said = said_of(message)
    return (
        [Words(f"```{language if language.isalnum() and language != 'unknown' else ''}\n{said}\n```")] if said else []
    )


def _thoughts(message: dict[str, Any]) -> list[Part]:
    thoughts = map(mapping, items(mapping(message.get("content")).get("thoughts")))
    said = [text(one.get("content")) or text(one.get("summary")) for one in thoughts]
    found = "\n\n".join(one for one in said if one.strip())
    return [Thought(found)] if found else []


KINDS: dict[str, Callable[[dict[str, Any]], list[Part]]] = {"code": _code, "thoughts": _thoughts}


def _of_tool(message: dict[str, Any], assets: Assets) -> list[Part]:
    """What a tool answered: pictures that it drew stand in the answer, the rest with the call."""
    content = mapping(message.get("content"))
    name = text(mapping(message.get("author")).get("name")) or "tool"
    result = said_of(message) or text(content.get("result")) or text(content.get("summary"))
    failed = content.get("content_type") == "system_error"
    drawn: list[Part] = list(files_of(message, assets))
    pages = _sources(message)
    if (url := text(content.get("url"))).startswith(WEB):
        pages.append(Source(url, text(content.get("title"))))
    if not result and not drawn and not pages:
        result = _rest(content)
    call: list[Part] = [Call(name[:200], "", result, "failed" if failed else "done")] if result else []
    return [*call, *drawn, *pages]


def _rest(content: dict[str, Any]) -> str:
    """What is in a message of a kind that nobody has told us of."""
    left = {name: value for name, value in content.items() if name not in ("content_type", "parts", "text") and value}
    return text(json.dumps(left, ensure_ascii=False)[:100_000]) if left else ""


def _sources(message: dict[str, Any]) -> list[Part]:
    """The pages cited, each once."""
    metadata = mapping(message.get("metadata"))
    cited = [mapping(mapping(one).get("metadata")) for one in items(metadata.get("citations"))]
    for reference in map(mapping, items(metadata.get("content_references"))):
        cited += [
            reference,
            *map(mapping, items(reference.get("items"))),
            *map(mapping, items(reference.get("sources"))),
        ]
    found = {text(one.get("url")): text(one.get("title")) for one in cited if text(one.get("url")).startswith(WEB)}
    return [Source(url, title) for url, title in found.items()]
