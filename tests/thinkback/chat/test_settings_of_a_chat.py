"""What is set for a chat goes to the model with every message, from the first one on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from tests.thinkback.chat.conftest import Model, page_of
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation

pytestmark = pytest.mark.usefixtures("running")


async def test_a_new_chat_begins_with_its_settings(alice: User, model: Model) -> None:
    controls = {"system": " Be brief. ", "parameters": {"temperature": 0, "seed": 7}}
    async with page_of(alice) as page:
        await page.send("Hello", controls=controls)
        model.end()
        await page.hear("done")
    prompt = model.asked[0].prompt
    assert (prompt.system, prompt.temperature, prompt.seed) == ("Be brief.", 0, 7)
    kept = await database_sync_to_async(Conversation.objects.get)()
    assert (kept.system, kept.parameters) == ("Be brief.", {"temperature": 0, "seed": 7})


async def test_what_was_not_saved_yet_changes_only_what_it_names(alice: User, model: Model) -> None:
    before = {"system": "Be brief.", "parameters": {"seed": 7}}
    chat = await Conversation.objects.acreate(user=alice, **before)
    async with page_of(alice) as page:
        await page.say(type="subscribe", conversation=chat.id)
        await page.send("Hello", conversation=str(chat.id), controls={"parameters": {"temperature": 1}})
        model.end()
        await page.hear("done")
    prompt = model.asked[0].prompt
    assert (prompt.system, prompt.temperature, prompt.seed) == ("Be brief.", 1, 7)


@pytest.mark.parametrize("parameters", [{"temperature": 9}, {"colour": "red"}])
async def test_nonsense_sends_nothing(alice: User, parameters: dict[str, Any]) -> None:
    async with page_of(alice) as page:
        frame = {"client_id": uuid4(), "text": "Hello", "slug": "practice", "model": "practice-instant"}
        await page.say(type="send", **frame, controls={"parameters": parameters})
        problem = await page.hear("problem")
    assert next(iter(parameters)) in problem["message"]
    assert not await Conversation.objects.aexists()
