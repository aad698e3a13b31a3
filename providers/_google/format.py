"""The format of Gemini's generateContent, which two of Google's services speak. https://ai.google.dev/api"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from providers._abilities import Ability, needed
from providers._base import Operation, Reader
from providers._failures.classify import classify
from providers._failures.complaint import Complaint
from providers._failures.errors import ProviderError
from providers._google.reader import GoogleReader
from providers._google.request import TAKES, beyond
from providers._prompt import Prompt
from providers._reading.counts import inner
from providers._reading.operation import positive, read_asked, read_operation
from providers._service import Service

METHOD = re.compile(r"(?:^|/)(?:models|tunedModels)/(.{1,200}):(\w+)$")
OPERATIONS = {
    "generateContent": "chat", "streamGenerateContent": "chat", "countTokens": "count", "embedContent": "embeddings",
    "batchEmbedContents": "embeddings", "predict": "image", "generateImages": "image", "predictLongRunning": "video",
    "batchGenerateContent": "batches",
}  # fmt: skip
OTHER_USES = re.compile(r"embedding|imagen|veo|aqa|tts|native-audio|-live|robotics|computer-use|lyria", re.I)
BLOCKED = "content_filter"


class GoogleFormat(Service):
    """Speaks generateContent."""

    shape = "google"
    forwarded = frozenset({
        "x-goog-api-client", "x-goog-upload-protocol", "x-goog-upload-command", "x-goog-upload-offset",
        "x-goog-upload-header-content-length", "x-goog-upload-header-content-type", "x-server-timeout",
    })  # fmt: skip
    terminals: tuple[bytes, ...] = (b'"finishReason"',)
    takes = TAKES

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and its model cannot do."""
        return tuple(ability for ability in needed(prompt) if beyond(prompt, ability))

    def operation(self, method: str, path: str, body: bytes) -> Operation:
        """What a native request asks for: its model and method stand in the path."""
        found = METHOD.search(unquote(path.partition("?")[0]))
        if found is None:
            return read_operation(path, body)
        settings = read_asked(body).generationConfig
        maximum = positive(settings.get("maxOutputTokens")) if isinstance(settings, dict) else None
        return Operation(OPERATIONS.get(found[2], "other"), found[1], found[2].startswith("stream"), maximum)

    def reader(self) -> Reader:
        """A fresh reader of one chat answer."""
        return GoogleReader(self)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """A finish reason: the stream has no other end."""
        candidates = document.get("candidates")
        rows = candidates if isinstance(candidates, list) else ()
        return any(isinstance(row, Mapping) and bool(row.get("finishReason")) for row in rows)

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """An error, or a prompt that was blocked: that comes as a success without candidates."""
        reason = inner(document, "promptFeedback").get("blockReason")
        if isinstance(reason, str) and not document.get("candidates"):
            return classify(self.speaker, Complaint(reason, frozenset({BLOCKED}), code=reason), None)
        return super().event_failure(document)
