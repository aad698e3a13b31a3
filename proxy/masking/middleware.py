"""`mask_personal_data`: the provider sees placeholders, the caller his own words. Nothing of it is stored or logged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from proxy.masking.documents import changed
from proxy.masking.masks import Masks
from proxy.masking.patterns import KINDS, PATTERNS, own
from proxy.masking.restoring import Restoring, restored
from proxy.middleware.hooks import Middleware, Passage, Received, StreamEvent

LARGE = 64 * 1024  # bytes of a body beyond which the work is done in a thread
OPTIONS = frozenset({"kinds", "patterns"})


class MaskPersonalData(Middleware):
    """Options: `kinds`, those to look for (all: EMAIL, IBAN, CARD, IP, PHONE), and `patterns`, {NAME: expression}."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__({name: value for name, value in options.items() if name not in OPTIONS})
        kinds, patterns = options.get("kinds", sorted(KINDS)), options.get("patterns", {})
        if not isinstance(kinds, list) or not KINDS.issuperset(kinds):
            raise ValueError(f"kinds is a list of any of {', '.join(sorted(KINDS))}")
        if not isinstance(patterns, Mapping):
            raise ValueError("patterns is an object of names and patterns")
        self.patterns = [own(name, text) for name, text in patterns.items()]
        self.patterns += [pattern for pattern in PATTERNS if pattern.kind in kinds]

    async def before_request(self, passage: Passage) -> None:
        """Mask every text of a JSON body; of anything else (a form with a file) nothing is changed."""
        if len(passage.body) > LARGE:
            masks = await asyncio.to_thread(self._mask, passage)
        else:
            masks = self._mask(passage)
        passage.leave_answer = not masks
        passage.state.update(masks=masks, stream=Restoring(masks))

    def on_event(self, passage: Passage, event: StreamEvent) -> Sequence[StreamEvent] | None:
        """Put the values back into one event."""
        stream: Restoring = passage.state["stream"]
        return stream.event(event)

    def on_stream_end(self, passage: Passage) -> Sequence[StreamEvent]:
        """What looked like the beginning of a placeholder and was none."""
        stream: Restoring = passage.state["stream"]
        return stream.end()

    async def after_response(self, passage: Passage, received: Received) -> bytes | None:
        """Put the values back into a whole answer that is JSON."""
        if received.body is None:
            return None
        if len(received.body) > LARGE:
            return await asyncio.to_thread(self._restore, passage, received.body)
        return self._restore(passage, received.body)

    def _mask(self, passage: Passage) -> Masks:
        masks = Masks(self.patterns, passage.body.decode("utf-8", "replace"))
        try:
            document = msgspec.json.decode(passage.body)
        except (msgspec.DecodeError, ValueError):
            return masks
        masked = changed(document, lambda text, _: masks.mask(text))
        if masks:
            passage.body = msgspec.json.encode(masked)
        return masks

    def _restore(self, passage: Passage, body: bytes) -> bytes | None:
        masks: Masks = passage.state["masks"]
        try:
            document = msgspec.json.decode(body)
        except (msgspec.DecodeError, ValueError):
            return None
        return msgspec.json.encode(restored(document, masks))
