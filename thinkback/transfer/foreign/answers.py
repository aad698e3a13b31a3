"""A message that is put together from pieces, as other applications keep them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from thinkback.chat.rounds import joined
from thinkback.transfer.document import Call, File, Part, Thought, Turn, Words


@dataclass(slots=True)
class Answer:
    """A question or an answer that is still growing. `number` is given when all are known."""

    role: Literal["user", "assistant"]
    created_at: datetime
    parent: Answer | None = None
    text: str = ""
    model: str = ""
    parts: list[Part] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    finished_at: datetime | None = None
    number: int = 0

    def add(self, part: Part) -> None:
        """What was said or done next. Text after text is one; a result goes to the call that waits for it."""
        last = self.parts[-1] if self.parts else None
        if isinstance(part, Words | Thought) and type(last) is type(part):
            assert isinstance(last, Words | Thought)
            self.parts[-1] = msgspec.structs.replace(last, text=joined((last.text, part.text)))
        elif isinstance(part, Call) and not part.arguments and self._end(part):
            pass
        else:
            self.parts.append(part)

    def _end(self, result: Call) -> bool:
        """Give a result to the newest call without one; whether there was any."""
        for place in range(len(self.parts) - 1, -1, -1):
            part = self.parts[place]
            if isinstance(part, Call) and not part.result:
                self.parts[place] = msgspec.structs.replace(part, result=result.result, state=result.state)
                return True
        return False

    def turn(self) -> Turn:
        """The message. Its parent has its number already."""
        plain = all(isinstance(part, Words | Thought) for part in self.parts)
        rounds = [] if plain else self._rounds()
        return Turn(
            number=self.number,
            role=self.role,
            created_at=self.created_at,
            parent=self.parent.number if self.parent else None,
            text=self.text or joined(part.text for part in self.parts if isinstance(part, Words)),
            reasoning=joined(part.text for part in self.parts if isinstance(part, Thought)),
            rounds=rounds,
            files=self.files,
            model=self.model,
            finished_at=self.finished_at,
        )

    def _rounds(self) -> list[list[Part]]:
        """A round ends with its calls: what is said after them is said in the next one."""
        rounds: list[list[Part]] = [[]]
        for part in self.parts:
            if isinstance(part, Words | Thought) and any(isinstance(one, Call) for one in rounds[-1]):
                rounds.append([])
            rounds[-1].append(part)
        return rounds
