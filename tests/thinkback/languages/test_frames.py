"""What comes over the socket is in the user's language, however it is rendered."""

from __future__ import annotations

import pytest

from tests.thinkback.chat.conftest import Model, model, page_of, running, until  # noqa: F401  fixtures
from thinkback.accounts.models import User

pytestmark = pytest.mark.usefixtures("running")


async def test_an_answer_and_its_row_in_german(model: Model, alice: User) -> None:  # noqa: F811
    await User.objects.filter(pk=alice.pk).aupdate(language="de", timezone="Asia/Kolkata")
    async with page_of(alice) as page:
        turn = await page.send("Hallo")
        assert "Wartet auf die Antwort" in turn["articles"][-1]["html"]
        assert "Eine Antwort entsteht" in (await page.hear("chat"))["html"]
        model.say("```python\nprint(1)\n```\n")
        assert "Kopieren" in (await page.hear("block"))["html"]
        model.end()
        done = await page.hear("done")
        assert "Neu erzeugen" in str(done)
