"""What one call holds until its end: its place within the limits, and the breakers' permits."""

from __future__ import annotations

from proxy.breaker import Permit
from proxy.limits import Admission


class Held:
    """Given back once, by whoever has it last: the pipeline, or what reads the answer on after its reader has left."""

    def __init__(self) -> None:
        self.admission: Admission | None = None
        self.permits: list[Permit] = []

    def hand_over(self) -> Held:
        """All of it, for somebody else to give back."""
        given = Held()
        given.admission, given.permits = self.admission, self.permits
        self.admission, self.permits = None, []
        return given

    async def give_back(self) -> None:
        """The call is over."""
        for permit in self.permits:
            permit.close()
        if self.admission is not None:
            await self.admission.aclose()
