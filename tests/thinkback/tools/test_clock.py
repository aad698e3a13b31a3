"""The clock tells the time of a zone, and refuses what is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from thinkback.tools.builtin.clock import current_time, spoken
from thinkback.tools.offered import ToolFailed


async def test_it_is_now() -> None:
    said = await current_time({})
    moment = datetime.fromisoformat(said.partition(", ")[2].partition(" ")[0])
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5) and said.endswith("(UTC)")


async def test_a_zone_has_its_own_time() -> None:
    assert "+09:00 (Asia/Tokyo)" in await current_time({"time_zone": "Asia/Tokyo"})
    assert spoken(datetime(2026, 3, 1, 12, tzinfo=UTC), "UTC") == "Sunday, 2026-03-01T12:00:00+00:00 (UTC)"


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../../etc/passwd", "/etc/localtime", "\0", "a" * 5000, 5, ["UTC"]])
async def test_what_is_no_zone_is_refused(zone: object) -> None:
    with pytest.raises(ToolFailed):
        await current_time({"time_zone": zone})
