"""The section `aliases`: what may stand there, and what is refused with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from thinkback.configuration.document import Invalid
from thinkback.configuration.watching import load
from thinkback.routing.aliases import ALIASES, Alias, Target

GOOD = """
aliases:
  fast: groq/llama-3.1-8b
  strong: [anthropic/claude-opus, openai/gpt-5]
  split:
    description: Half of them
    sticky: user
    targets:
      - {model: openrouter/meta/llama, weight: 3}
      - openai/gpt-5
"""


def test_it_is_put_in_force_and_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "thinkback.yaml"
    file.write_text(GOOD)
    load(file)
    assert ALIASES.find("fast") == Alias("fast", (Target("groq", "llama-3.1-8b"),))
    assert [target.name for target in ALIASES.known["strong"].targets] == ["anthropic/claude-opus", "openai/gpt-5"]
    split = Alias("split", (Target("openrouter", "meta/llama", 3), Target("openai", "gpt-5")), "weights")
    split = replace(split, sticky="user", description="Half of them")
    assert ALIASES.known["split"] == split
    file.write_text("aliases:\n  fast: groq")
    with pytest.raises(Invalid):
        load(file)
    assert len(ALIASES.known) == 3
    file.write_text("")
    load(file)
    assert ALIASES.known == {}


WRONG = [
    ("aliases: [fast]", "line 1: is an object"),
    ("aliases:\n  a b: openai/m", "line 2: 'a b' is no name"),
    ("aliases:\n  fast: 3", "line 2: an alias is `provider/model`"),
    ("aliases:\n  fast: gpt-5", "line 2: 'gpt-5' is not `provider/model`"),
    ("aliases:\n  fast: []", "line 2: an alias has 1 to 50 targets"),
    ("aliases:\n  fast: [openai/m, openai/m]", "line 2: a target is given twice"),
    ("aliases:\n  fast:\n    colour: red", "line 3: an alias has targets"),
    ("aliases:\n  fast:\n    targets: openai/m\n    choose: luck", "line 4: choose is one of order, weights, auto"),
    ("aliases:\n  fast:\n    targets: openai/m\n    sticky: glue", "line 4: sticky is one of"),
    ("aliases:\n  fast:\n    targets:\n      - {model: openai/m, weight: -1}", "line 4: a weight is a number"),
    ("aliases:\n  fast:\n    targets:\n      - {model: openai/m, weight: 0}", "line 2: one target at least"),
    ("aliases:\n  fast:\n    targets:\n      - {model: openai/m, size: 1}", "line 4: a target has model, weight"),
    ("aliases:\n  fast:\n    choose: order", "line 2: an alias has 1 to 50 targets"),
    ("aliases:\n  fast:\n    choose: auto\n    prefer: luck", "line 4: prefer is one of balanced, cost, latency"),
    ("aliases:\n  fast:\n    choose: auto\n    selector: nobody", "line 4: there is no selector 'nobody'"),
    ("aliases:\n  fast:\n    choose: auto\n    selector: no.such:one", "line 4: no.such:one cannot be loaded"),
    ("aliases:\n  fast:\n    choose: auto\n    selector: json:__name__", "line 4: json:__name__ is no function"),
    ("aliases:\n  fast:\n    targets:\n      - {model: openai/m, quality: 11}", "line 4: a quality is a number from 0"),
    ("aliases:\n  fast:\n    targets: openai/m\n    description: 3", "line 4: description is a text"),
]


@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_a_wrong_one_is_refused_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "thinkback.yaml"
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        load(file)
    assert reason in refused.value.reason
