"""A conversation in OpenAI's turns as the shared words have it: what each side said in a row is one message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from providers import Message, Part, Reasoning, Text, ToolCall, ToolResult
from proxy.unified.faults import Fault
from proxy.unified.parts import parts_of, picture, plain
from proxy.unified.requests import AssistantTurn, CallMade, SystemTurn, ToolTurn, Turn


def turns_of(turns: Sequence[Turn]) -> tuple[str, tuple[Message, ...]]:
    """What is said to the model beforehand, and what was said since. Raises Fault."""
    conversation = Conversation()
    for number, turn in enumerate(turns):
        conversation.add(turn, f"messages.{number}")
    return conversation.whole()


class Conversation:
    """Takes one turn after the other."""

    def __init__(self) -> None:
        self._system: list[str] = []
        self._messages: list[Message] = []
        self._tools: dict[str, str] = {}  # the names of those that were called, by the call's id
        self._drawn: list[Part] = []  # pictures of the model's, which only a user's message can hold

    def add(self, turn: Turn, path: str) -> None:
        """Take a turn, which stands at this path."""
        if isinstance(turn, SystemTurn):
            self._system.append(plain(turn.content, f"{path}.content"))
        elif isinstance(turn, AssistantTurn):
            self._say("assistant", tuple(self._answered(turn, path)))
        elif isinstance(turn, ToolTurn):
            self._say("user", (self._result(turn, path),))
        else:
            drawn, self._drawn = self._drawn, []
            said = Message("user", parts_of(turn.content, f"{path}.content")).parts  # without blank ones
            self._say("user", (*drawn, *said))

    def whole(self) -> tuple[str, tuple[Message, ...]]:
        """The system prompt and the messages."""
        if self._drawn:
            self._say("user", tuple(self._drawn))
        if not self._messages:
            raise Fault("“messages” holds nothing that anybody said.", "messages")
        return "\n\n".join(filter(None, self._system)), tuple(map(simplest, self._messages))

    def _say(self, role: str, parts: tuple[Part, ...]) -> None:
        if not parts:
            return
        if self._messages and self._messages[-1].role == role:
            parts = (*self._messages.pop().parts, *parts)
        self._messages.append(Message("user" if role == "user" else "assistant", parts))

    def _answered(self, turn: AssistantTurn, path: str) -> Iterator[Part]:
        yield from thoughts(turn)
        said = plain(turn.content, f"{path}.content") or turn.refusal or ""
        if said:
            yield Text(said)
        for call in turn.tool_calls or ():
            self._tools[call.id] = call.function.name
            yield ToolCall(call.id, call.function.name, call.function.arguments or "{}", signature_of(call))
        for number, image in enumerate(turn.images or ()):
            self._drawn.append(picture(image.image_url.url, f"{path}.images.{number}.image_url.url"))

    def _result(self, turn: ToolTurn, path: str) -> ToolResult:
        name = self._tools.get(turn.tool_call_id)
        if name is None:
            raise Fault(f"No earlier message holds the tool call “{turn.tool_call_id}”.", f"{path}.tool_call_id")
        return ToolResult(turn.tool_call_id, name, plain(turn.content, f"{path}.content"))


def thoughts(turn: AssistantTurn) -> Iterator[Reasoning]:
    """The reasoning that is given back: with its proofs where there are any, else as a mere text."""
    found = [detail for detail in turn.reasoning_details or () if detail.text or detail.signature or detail.data]
    for detail in found:
        yield Reasoning(detail.text or "", detail.signature or "", detail.data or "")
    text = turn.reasoning_content or turn.reasoning
    if text and not found:
        yield Reasoning(text)


def signature_of(call: CallMade) -> str:
    """The provider's proof of a call, where Gemini's compatible endpoint puts it as well."""
    google = (call.extra_content or {}).get("google")
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) else ""


def simplest(message: Message) -> Message:
    """The same message, a plain text where it is nothing else."""
    if len(message.parts) == 1 and isinstance(message.parts[0], Text):
        return Message(message.role, message.parts[0].text)
    return message
