"""What a link shows of a conversation: what was chosen, and never a setting, a cost, an id or a name of this site's."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from thinkback.chat.models import Conversation
from thinkback.chat.rounds import joined
from thinkback.transfer.document import Call, Chat, File, Part, Source, Thought, Turn, Words
from thinkback.transfer.exporting import export
from thinkback.transfer.markdown import branch_of

CHOICES = {
    "branches": (
        _("All branches"),
        _("Other versions of questions and answers too, not only those that are shown now."),
    ),
    "reasoning": (_("Reasoning"), _("What models thought before they answered.")),
    "tools": (_("Tools"), _("What tools were asked and what they answered.")),
    "files": (_("Pictures and files"), _("Pictures that models drew, and files that you gave.")),
    "system": (_("System prompt"), _("The standing instruction of this chat.")),
}


def picture(conversation: Conversation, included: Collection[str]) -> tuple[Chat, dict[str, str]]:
    """The conversation as the link shows it, and where its files lie."""
    exported = export(conversation)
    chat = exported.chat
    turns = chat.messages if "branches" in included else branch_of(chat)
    numbers = {turn.number: number for number, turn in enumerate(turns, 1)}
    shown = Chat(
        origin="shared",
        created_at=chat.created_at,
        updated_at=chat.updated_at,
        title=chat.title,
        titled_by="person",
        system=chat.system if "system" in included else "",
        shown=numbers.get(chat.shown or 0) or len(turns) or None,
        messages=[_turn(turn, numbers, included) for turn in turns],
    )
    places = {file.path for turn in shown.messages for file in files_of(turn)}
    return shown, {place: stored for place, stored in exported.files.items() if place in places}


def files_of(turn: Turn) -> list[File]:
    """Every file of a message."""
    return [*turn.files, *(part for said in turn.rounds for part in said if isinstance(part, File))]


def _turn(turn: Turn, numbers: dict[int, int], included: Collection[str]) -> Turn:
    rounds = [[kept for part in said for kept in _kept(part, included)] for said in turn.rounds]
    plain = all(isinstance(part, Words) for said in rounds for part in said)
    return Turn(
        number=numbers[turn.number],
        role=turn.role,
        created_at=turn.created_at,
        parent=None if turn.parent is None else numbers[turn.parent],
        text=turn.text or joined(part.text for said in rounds for part in said if isinstance(part, Words)),
        reasoning=turn.reasoning if "reasoning" in included else "",
        rounds=[] if plain else rounds,
        files=turn.files if "files" in included else [],
        model=turn.model,
        status=turn.status,
        finish=turn.finish,
    )


def _kept(part: Part, included: Collection[str]) -> Iterator[Part]:
    match part:
        case Words() | Source():
            yield part
        case Thought() if "reasoning" in included:
            yield Thought(part.text)
        case Call() if "tools" in included:
            yield replace(part, id="", origin="", signature="")
        case File() if "files" in included:
            yield part
