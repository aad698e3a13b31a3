"""The official SDK through `mask_personal_data`, set in the configuration file of a live server."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from tests.world import World, small_world


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that masks."""
    folder = tmp_path_factory.mktemp("masked")
    (folder / "config.yaml").write_text("middleware:\n  - use: mask_personal_data\n")
    with small_world(folder / "data", THINKBACK_CONFIG=str(folder / "config.yaml")) as world:
        world.add("openai", retries=0)
        yield world


def test_a_stream_comes_back_with_the_real_values(masked: World) -> None:
    text = "Write to alice@example.org, call +49 30 1234 5678, from 203.0.113.77, and then to alice@example.org."
    with openai.OpenAI(base_url=f"{masked.url}/api/proxy/openai/v1", api_key=masked.token) as client:
        ask = [{"role": "user", "content": text}]
        stream = client.chat.completions.create(model="plan:echo=23", messages=ask, stream=True)
        said = "".join(event.choices[0].delta.content or "" for event in stream if event.choices)
    assert text in said
    (row,) = [row for row in masked.records() if row["model"] == "plan:echo=23"]
    assert (row["status"], row["tokens_source"]) == ("ok", "provider")
    assert "alice@example.org" not in masked.server.log
