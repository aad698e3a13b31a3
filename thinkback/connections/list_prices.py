"""What a token costs at each model of a configuration, by the dated price table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proxy.call import Price
from thinkback.connections.catalogue import Entry
from thinkback.connections.models import Connection
from thinkback.connections.targets import adapter_of
from thinkback.usage.quotes import Item, rates


async def priced(row: Connection, entries: Sequence[Entry]) -> list[Entry]:
    """The same models with their list prices, as far as the table tells them within a second."""
    adapter = adapter_of(row)
    if adapter is None:
        return list(entries)
    found = await rates([Item(adapter.price_list(entry.id), entry.id) for entry in entries])
    return [
        entry if one is None else replace(entry, price=Price(one.fresh, one.cache_read, one.output))
        for entry, one in zip(entries, found, strict=True)
    ]
