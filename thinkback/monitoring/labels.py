"""Names that may become labels: each one is a series that is kept for ever, so strangers' words must not."""

from __future__ import annotations

from collections import defaultdict

from proxy.record import Record
from thinkback.logs import redacted

OTHER = "other"
MOST = 40  # models of one provider with a label of their own
LONGEST = 100  # characters


class Models:
    """A model has a label once it has answered; beyond the first `MOST` of its provider, all are `other`."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.known: defaultdict[str, set[str]] = defaultdict(set)

    def label(self, record: Record) -> str:
        """What stands for the model of a call that ended; empty where none was asked for."""
        model, known = record.model, self.known[record.provider]
        if model is None or model in known:
            return model or ""
        if record.status != "ok" or len(known) >= self.most or not fit(model):
            return OTHER
        known.add(model)
        return model


def fit(model: str) -> bool:
    """Whether a name is bearable as a label, and not a key that somebody put in the wrong place."""
    return len(model) <= LONGEST and model.isprintable() and redacted(model) == model
