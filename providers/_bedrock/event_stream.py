"""AWS event streams: binary messages → JSON events, at any split. Smithy, "Amazon Event Stream Specification".

A message: its length, the length of its headers, the CRC-32 of these two, headers, payload, the CRC-32 of all before.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from struct import Struct
from zlib import crc32

from providers._failures.errors import ServerFailed
from providers._json import decode_object, encode
from providers._reading.excerpt import Excerpt
from providers._reading.framing import LARGEST_EVENT, AnyFraming, Frame, Framing, too_large

MEDIA_TYPE = "application/vnd.amazon.eventstream"
PRELUDE = Struct(">III")
CHECKSUM = Struct(">I")
FRAME = PRELUDE.size + CHECKSUM.size  # bytes around headers and payload
LARGEST_HEADERS = 128 * 1024  # bytes
# A prelude begins with a length below 16 MB, and one of headers below 128 KB; no JSON holds a NUL.
BEGINNING = re.compile(rb"(?=\x00.{3}\x00[\x00\x01].{6})", re.DOTALL)
SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}  # bytes of a header's value, by its type
BYTES, TEXT = 6, 7  # the types that state the size of their value
INVOKED = "chunk"  # the event of InvokeModelWithResponseStream: the model's own JSON, in base64


class AmazonEvents(Framing):
    """Cuts a stream into events. The data of each is `{name: payload}`, as the references of AWS write it.

    An exception is an event of the name `error`.
    """

    def __init__(self) -> None:
        self._open = bytearray()  # the message that is not complete yet

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """The events that this chunk completes. Raises ServerFailed for a damaged message, or one beyond all bounds."""
        self._open += chunk
        while 0 < (size := self._size()) <= len(self._open):
            message = bytes(self._open[:size])
            del self._open[:size]
            yield read_message(message)

    def close(self) -> Iterator[Frame]:
        """Nothing: a message that has not come whole says nothing."""
        return iter(())

    def _size(self) -> int:
        """The length of the message that is open; 0 until its prelude is there, whole."""
        if len(self._open) < PRELUDE.size:
            return 0
        size, headers, checksum = PRELUDE.unpack_from(self._open)
        if crc32(self._open[:8]) != checksum or headers > LARGEST_HEADERS or size < headers + FRAME:
            raise damaged()
        if size > LARGEST_EVENT:
            raise too_large()
        return int(size)


class MessageWatch:
    """Watches raw bytes pass for the event that ends the stream, by the lengths that the messages state.

    Nothing is checked and no payload is looked at: that is for the reading at the end.
    """

    keyed = False

    def __init__(self, last: frozenset[str]) -> None:
        names = (name.encode() for name in last)
        self._marks = tuple(b"\x0b:event-type\x07" + len(name).to_bytes(2) + name for name in names)
        self._start = b""  # of a message whose headers are not all there
        self._left = 0  # bytes of a message that are still to come
        self._near = False  # that message is the last
        self.ended = False

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if self._left >= len(chunk):
            self._left -= len(chunk)
        elif not self.ended:
            window = self._start + chunk[self._left :]
            self._left = 0
            if not self._near:
                self._walk(window)
        self.ended = self.ended or (self._near and not self._left)

    def _walk(self, window: bytes) -> None:
        """Go from message to message, up to the first that is not all there."""
        at = 0
        while len(window) - at >= PRELUDE.size:
            size, length, _ = PRELUDE.unpack_from(window, at)
            headers = window[at + PRELUDE.size : at + PRELUDE.size + length]
            if len(headers) < min(length, LARGEST_HEADERS):
                break
            self._near = any(mark in headers for mark in self._marks)
            at += max(size, FRAME)
            if self._near or at > len(window):
                break
        self._left = max(0, at - len(window))
        self._start = window[at:]


def read_message(message: bytes) -> Frame:
    """The event of one whole message. Raises ServerFailed for a damaged one."""
    if crc32(message[: -CHECKSUM.size]) != CHECKSUM.unpack(message[-CHECKSUM.size :])[0]:
        raise damaged()
    end = PRELUDE.size + PRELUDE.unpack_from(message)[1]
    headers, payload = read_headers(message[PRELUDE.size : end]), message[end : -CHECKSUM.size]
    kind = headers.get(":message-type")
    if kind == "exception":
        return Frame(under(headers.get(":exception-type", ""), payload), "error")
    if kind == "error":
        complaint = {"code": headers.get(":error-code"), "message": headers.get(":error-message")}
        return Frame(encode({"error": complaint}), "error")
    name = headers.get(":event-type", "")
    return Frame(unpacked(payload) if name == INVOKED else under(name, payload))


def under(name: str, payload: bytes) -> bytes:
    """An object that holds a payload under its name."""
    return b"{%b:%b}" % (encode(name), payload.strip() or b"{}")


def unpacked(payload: bytes) -> bytes:
    """What the model itself said, of an event that packs it up; the event as it is where that fails."""
    packed = decode_object(payload).get("bytes")
    try:
        return base64.b64decode(packed, validate=True) if isinstance(packed, str) else payload
    except binascii.Error:
        return payload


def read_headers(block: bytes) -> dict[str, str]:
    """The headers that are texts. Raises ServerFailed where the block does not hold together."""
    found: dict[str, str] = {}
    at = 0
    try:
        while at < len(block):
            end = at + 1 + block[at]
            name, kind = block[at + 1 : end].decode(), block[end]
            at = end + 1
            size = SIZES.get(kind)
            if size is None:
                if kind not in (BYTES, TEXT):
                    raise damaged()
                size = int.from_bytes(block[at : at + 2])
                at += 2
                if kind == TEXT:
                    found[name] = block[at : at + size].decode()
            at += size
    except (IndexError, UnicodeDecodeError) as error:
        raise damaged() from error
    if at != len(block):
        raise damaged()
    return found


def framing_of(media_type: str) -> Framing:
    """How a stream of this type is cut."""
    return AmazonEvents() if media_type == MEDIA_TYPE else AnyFraming()


def events_in(excerpt: Excerpt) -> Iterator[Frame]:
    """The events of a body, but for those of which the excerpt does not hold all."""
    whole = excerpt.whole
    if whole is not None:
        yield from AmazonEvents().feed(whole)
        return
    yield from AmazonEvents().feed(excerpt.head)
    yield from AmazonEvents().feed(from_first_message(excerpt.tail))


def from_first_message(tail: bytes) -> bytes:
    """The end of a body, from the first message on that begins in it."""
    for found in BEGINNING.finditer(tail):
        at = found.start()
        if crc32(tail[at : at + 8]) == CHECKSUM.unpack_from(tail, at + 8)[0]:
            return tail[at:]
    return b""


def damaged() -> ServerFailed:
    """The failure of a stream whose bytes are not those that were sent."""
    return ServerFailed("The answer arrived damaged: a checksum of its event stream is wrong.", code="malformed_event")
