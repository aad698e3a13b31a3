"""Names that mean harm, in what calls are booked under: on the usage page, in its filters, and in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.hostile.names import NAMES, is_harmless, shown, texts
from tests.world import World

pytestmark = pytest.mark.browser
STORED = [name.replace("\0", "\ufffd") for name in NAMES]  # as the ledger keeps them
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", '=HYPERLINK("x")']
SHORT = {"provider": 64, "operation": 64, "error_type": 64, "service_tier": 64, "price_version": 64, "slug": 100}
LONG = ("model", "response_model", "endpoint", "origin", "route_reason", "provider_request_id")
BOOK = """
import json
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
names, short, long = json.loads(%r)
for name in names:
    cut = {column: name[:size] for column, size in short.items()}
    an_attempt(User.objects.get(), **cut, **dict.fromkeys(long, name), raw_usage={name: name})
"""


@pytest.fixture(scope="module", autouse=True)
def booked(named: World) -> None:
    """A call for each name, with everything called so that a client or a provider names."""
    named.server.command("shell", "--verbosity", "0", "-c", BOOK % json.dumps([[*STORED, *FORMULAS], SHORT, LONG]))


def test_calls_and_what_is_told_of_each(alice: Watched) -> None:
    page = alice.page
    for name in STORED:
        alice.open(f"/usage?model={quote(name)}&provider={quote(name[:64])}")
        assert texts(page.locator(".filters .chip[data-chosen] strong")) == [shown(name[:64]), shown(name)]
        assert texts(page.locator(".records .name")) == [shown(name)]
        assert texts(page.get_by_role("rowheader")) == [shown(name)]  # of the table by model
        page.get_by_role("button", name="Details of the call at").press("Enter")
        facts = page.locator("[popover]:popover-open")
        expect(facts.locator("strong")).to_be_visible()
        told = "\n".join(texts(facts.locator("dd")))
        assert told.lower().count(shown(name).lower()) == 7  # of each column that it can be in
        is_harmless(alice)


def test_what_is_offered_to_filter_by(alice: Watched) -> None:
    alice.open("/usage")
    for kind, size in (("provider", 64), ("model", 200)):
        offered = texts(alice.page.locator(f"#filter-{kind} a .truncate"))
        assert {shown(name[:size]) for name in STORED} <= set(offered)


def test_no_cell_of_the_export_is_a_formula(alice: Watched) -> None:
    page = alice.page
    alice.open("/usage")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").press("Enter")
    text = download.value.path().read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in rows:
        for cell in row.values():
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), row
    assert {row["model"] for row in rows} >= {*STORED, *(f"'{name}" for name in FORMULAS)}
