"""The content of one turn: words, pictures, files."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode

from providers import Document, Image, ImageAddress, Part, Text
from proxy.unified.faults import Fault, unsupported
from proxy.unified.requests import AudioPart, Content, FilePart, ImagePart, RefusalPart, TextPart

DATA = re.compile(r"data:([^;,]*)(?:;[^;,]*)*?;base64,", re.I)
PDF = "application/pdf"


def plain(content: Content, path: str) -> str:
    """Content that can be nothing but words. Raises Fault."""
    if content is None or isinstance(content, str):
        return content or ""
    words = []
    for number, part in enumerate(content):
        if not isinstance(part, TextPart | RefusalPart):
            raise unsupported(f"{path}.{number}", "Only text can stand here.")
        words.append(part.text if isinstance(part, TextPart) else part.refusal)
    return "\n\n".join(words)


def parts_of(content: Content, path: str) -> tuple[Part, ...]:
    """The parts of a user's turn. Raises Fault."""
    if content is None or isinstance(content, str):
        return (Text(content or ""),)
    return tuple(_part(part, f"{path}.{number}") for number, part in enumerate(content))


def _part(part: TextPart | RefusalPart | ImagePart | FilePart | AudioPart, path: str) -> Part:
    if isinstance(part, TextPart):
        return Text(part.text)
    if isinstance(part, ImagePart):
        return picture(part.image_url.url, f"{path}.image_url.url")
    if isinstance(part, FilePart):
        return _file(part, f"{path}.file")
    name = "input_audio" if isinstance(part, AudioPart) else "refusal"
    raise unsupported(f"{path}.{name}", f"“{name}” is not supported here.")


def picture(url: str, path: str) -> Image | ImageAddress:
    """A picture that was sent along, or that the provider is to fetch. Raises Fault."""
    if url[:5].lower() == "data:":
        media_type, data = _data(url, path)
        if not media_type.startswith("image/"):
            raise Fault(f"“{path}” is not a picture but {media_type or 'of no type'}.", path)
        return Image(data, media_type)
    if not url.startswith(("https://", "http://")):
        raise Fault(f"“{path}” must be an https address, or a data: URL.", path)
    return ImageAddress(url)


def _file(part: FilePart, path: str) -> Document:
    if part.file.file_id is not None:
        raise unsupported(
            f"{path}.file_id", "Only one provider knows a “file_id”: send the file itself as “file_data”."
        )
    if part.file.file_data is None:
        raise Fault(f"“{path}.file_data” is missing.", f"{path}.file_data", "missing_required_parameter")
    media_type, data = _data(part.file.file_data, f"{path}.file_data")
    return Document(data, media_type or PDF, part.file.filename or "document.pdf")


def _data(url: str, path: str) -> tuple[str, bytes]:
    found = DATA.match(url)
    if found is None:
        raise Fault(f"“{path}” must be a data: URL in base64, like data:image/png;base64,….", path)
    try:
        return found[1].lower(), b64decode(url[found.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise Fault(f"“{path}” is not valid base64.", path) from None
