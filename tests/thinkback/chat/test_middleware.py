"""What people write on the chat page passes the middleware as the calls of programs do."""

from __future__ import annotations

import json
from uuid import uuid4

from providers import Message, Prompt, Text
from proxy.masking import MaskPersonalData
from proxy.middleware import MIDDLEWARE, Rule
from tests.proxy.host import FakeHost
from tests.upstream import Upstream
from thinkback.chat.asking import Question, ask

WROTE = "Write to alice@example.org, please."


async def test_the_chat_page_passes_it_too() -> None:
    MIDDLEWARE.set([Rule("mask_personal_data", MaskPersonalData({}))])
    async with Upstream() as upstream:
        host = FakeHost(upstream.url)
        prompt = Prompt("plan:echo=5", (Message("user", WROTE),))
        question = Question(host.alice, "openai", prompt, uuid4(), uuid4())
        said = "".join([event.text async for event in ask(question, host) if isinstance(event, Text)])
        assert json.loads(upstream.last.body)["messages"][-1]["content"] == "Write to <EMAIL_1>, please."
        await host.network.aclose()
    assert WROTE in said and host.ledger.only.source == "chat"
