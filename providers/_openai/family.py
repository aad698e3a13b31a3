"""OpenAI's own models, at OpenAI and at Azure: chat completions, Responses and pictures behind one `chat`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from providers._abilities import Ability
from providers._base import Adapter, Exchange, Model, Reader
from providers._events import Event
from providers._json import encode
from providers._openai import drawing as _drawing
from providers._openai import responses_request
from providers._openai.drawing import draws
from providers._openai.format import JSON, OpenAIFormat
from providers._openai.layouts import Layout
from providers._openai.reader import OpenAIReader
from providers._openai.responses_reader import ENDINGS, ResponseEvents
from providers._openai.rules import DEEP, lacking, reasons, samples, speaks_responses_alone
from providers._prompt import Prompt


class OpenAIModels(OpenAIFormat):
    """OpenAI's format where OpenAI's own models answer."""

    spellings = (("max_tokens", "max_completion_tokens"),)
    has_responses = True
    summarises = False  # asks for a summary of what is reasoned, which Responses alone give

    def runs(self, model: str) -> str:
        """The model that this name stands for."""
        return model

    def able(self, prompt: Prompt) -> frozenset[Ability]:
        """What the model can do, of what the prompt may ask."""
        model = self.runs(prompt.model)
        if draws(model):
            return _drawing.able(model)
        able = super().able(prompt) - lacking(prompt, model)
        return able - responses_request.UNKNOWN if self.responds(prompt) else able

    def responds(self, prompt: Prompt) -> bool:
        """Whether the prompt goes to Responses."""
        model = self.runs(prompt.model)
        needed = speaks_responses_alone(prompt, model) or (self.summarises and reasons(model))
        return self.has_responses and needed

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming request to whichever API the model answers in."""
        if draws(self.runs(prompt.model)):
            return _drawing.request(prompt, self.runs(prompt.model))
        if self.responds(prompt):
            return Exchange("POST", "v1/responses", JSON, body=encode(self.response(prompt)))
        return super().chat(prompt)

    def response(self, prompt: Prompt) -> dict[str, Any]:
        """The body of a request to Responses."""
        model = self.runs(prompt.model)
        body = responses_request.request(prompt, self.able(prompt))
        if not samples(prompt, model):
            body.pop("temperature", None)
        if self.summarises and reasons(model):
            body["reasoning"] = {**body.get("reasoning", {}), "summary": "auto"}
        if DEEP.search(model):
            body["tools"] = [responses_request.SEARCH]
        return body

    def layout(self, prompt: Prompt) -> Layout:
        """The system prompt is the developer's where the model reasons."""
        layout = super().layout(prompt)
        return replace(layout, system_role="developer") if reasons(self.runs(prompt.model)) else layout

    def parameters(self, prompt: Prompt) -> dict[str, Any]:
        """All that is set; a temperature is left out where the model refuses it."""
        stated = super().parameters(prompt)
        if not samples(prompt, self.runs(prompt.model)):
            stated.pop("temperature", None)
        return stated

    def reader(self) -> Reader:
        """A fresh reader of one answer of any of the three."""
        return FamilyReader(self)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """As in chat completions, or a whole answer of another API."""
        if document.get("object") == "response":
            return f"response.{document.get('status')}" in ENDINGS
        return _drawing.is_whole(document) or super().ends(document)


class FamilyReader(OpenAIReader):
    """Reads chat completions, Responses and pictures: each event tells which it is."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._response = ResponseEvents()

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one event says."""
        yield from self._response.read(document)
        yield from _drawing.read(document)
        yield from super().events(document)


def drawing_models(rows: Iterable[Any]) -> list[Model]:
    """The models of a list that draw."""
    names = {row["id"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("id"), str)}
    drawing = sorted(name for name in names if draws(name))
    return [Model(name, tools=False, images=_drawing.changes(name), draws=True) for name in drawing]
