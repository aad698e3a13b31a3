"""Which model each deployment runs, as a user writes it: `chat=gpt-4o, small=gpt-4o-mini`."""

from __future__ import annotations

import re

from providers._base import Model

PAIR = re.compile(r"([^\s,;/=]{1,200})\s*=\s*([^\s,;=]{1,200})")


def read_deployments(text: str) -> tuple[dict[str, str], str]:
    """Models by deployment, and the first piece that cannot be read (empty for none)."""
    found: dict[str, str] = {}
    wrong = ""
    for piece in filter(None, map(str.strip, re.split(r"[,;]", text))):
        pair = PAIR.fullmatch(piece)
        if pair is not None:
            found[pair[1]] = pair[2]
        else:
            wrong = wrong or piece
    return found, wrong


def named(deployment: str, model: str) -> Model:
    """A deployment as something to choose, with the model that it runs."""
    return Model(deployment, "" if deployment == model else f"{deployment} ({model})")
