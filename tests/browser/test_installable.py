"""Alice installs ThinkBack on her phone: the browser itself finds nothing that keeps her from it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE, Watched

pytestmark = pytest.mark.browser


def test_the_browser_would_install_it(alice_at: Callable[..., Watched]) -> None:
    alice = alice_at(PHONE)
    line = alice.page.context.new_cdp_session(alice.page)
    found = line.send("Page.getAppManifest")
    assert found["errors"] == [] and json.loads(found["data"])["display"] == "standalone"
    errors = [error["errorId"] for error in line.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert [error for error in errors if error != "in-incognito"] == []
    for icon in json.loads(found["data"])["icons"]:
        answer = alice.page.request.get(alice.url + icon["src"])
        assert answer.ok and answer.headers["content-type"] == icon["type"]
