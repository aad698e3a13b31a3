"""Which names a caller of the unified API can choose from: his models, and the aliases that stand for any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from providers import Model
from proxy.call import Caller, Connection, Offer, Price
from proxy.host import Host
from thinkback.connections import lookup
from thinkback.connections.catalogue import Entry
from thinkback.routing.aliases import ALIASES, Alias, Target
from thinkback.usage.quotes import Item, rates


async def of(caller: Caller, host: Host) -> list[Offer]:
    """The aliases, then the models of the configurations that work, without those that he has hidden."""
    choices = [choice for choice in await lookup.remembered(caller.user_id) if choice.ready]
    ready = {choice.slug: await host.connection(caller, choice.slug) for choice in choices}
    connections = {slug: connection for slug, connection in ready.items() if connection is not None}
    models = [
        Offer(choice.slug, choice.name, entry, connections[choice.slug].adapter.takes, entry.default)
        for choice in choices
        if choice.slug in connections and connections[choice.slug].adapter.for_programs
        for entry in choice.models or (Entry(""),)
    ]
    return [*_aliases(connections, {(offer.slug, offer.model.id): offer.model for offer in models}), *models]


async def priced(offers: Sequence[Offer], caller: Caller, host: Host) -> list[Offer]:
    """The same offers with their list prices, as far as the table tells them within a second."""
    items = []
    for offer in offers:
        connection = await host.connection(caller, offer.slug) if offer.slug else None
        items.append(
            Item(None if connection is None else connection.adapter.price_list(offer.model.id), offer.model.id)
        )
    return [
        offer if one is None else replace(offer, price=Price(one.fresh, one.cache_read, one.output))
        for offer, one in zip(offers, await rates(items), strict=True)
    ]


def _aliases(connections: Mapping[str, Connection], known: Mapping[tuple[str, str], Model]) -> Iterator[Offer]:
    for alias in ALIASES.known.values():
        targets = [target for target in alias.targets or _all(known, connections) if target.slug in connections]
        if targets:
            takes = frozenset().union(*(connections[target.slug].adapter.takes for target in targets))
            models = [known.get((target.slug, target.model), Model(target.model)) for target in targets]
            yield Offer("", alias.description or _stands_for(alias), _widest(alias.name, models), takes)


def _all(known: Mapping[tuple[str, str], Model], connections: Mapping[str, Connection]) -> list[Target]:
    """What an alias without targets stands for."""
    return [Target(slug, model) for slug, model in known if model and connections[slug].adapter.transport() is None]


def _stands_for(alias: Alias) -> str:
    return ", ".join(target.name for target in alias.targets) or "any of your models"


def _widest(name: str, models: list[Model]) -> Model:
    """What the best of an alias's models can: a prompt goes to one that can do what it needs."""
    sizes = [model.context for model in models if model.context is not None]
    return Model(name, context=max(sizes, default=None))
