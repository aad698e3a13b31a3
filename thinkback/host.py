"""The proxy's questions (`proxy.host.Host`), answered by this site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
from django.conf import settings
from django.db import DatabaseError

from providers import AuthFailed, Network, Pool, Prompt, Target
from proxy import settling
from proxy.allowances import ALLOWANCES
from proxy.caching import ANSWERS, MEGABYTE
from proxy.call import Call, Caller, Connection, Offer
from proxy.draining import DRAINING
from proxy.errors import Refused
from proxy.host import Ledger, Observer
from proxy.limits import LIMITER
from thinkback.accounts import identity, origins, revocation
from thinkback.accounts.memory import Memory
from thinkback.connections import lookup, nearby
from thinkback.connections.shared import SHARED, Withdrawn
from thinkback.connections.targets import bound_places
from thinkback.in_time import ask, ask_once
from thinkback.monitoring.onlookers import Onlookers
from thinkback.monitoring.registry import CALLS
from thinkback.routing import offers, routes
from thinkback.routing.experience import EXPERIENCE
from thinkback.routing.threads import thread_of
from thinkback.usage.ledger import LEDGER
from thinkback.vault import keys


@dataclass(slots=True, eq=False)
class Kept:
    """A key that is still sealed, and what opens it for the target that asked last; an open key is never kept."""

    sealed: keys.Sealed = field(repr=False)
    target: Target | None = None
    opener: keys.Opener | None = field(default=None, repr=False)


SEALED: Memory[Kept] = Memory()
USED: Memory[bool] = Memory(keys.USED_AGAIN.total_seconds() + 1)  # keys whose use is written down
revocation.listen(SEALED.forget)
revocation.listen(USED.forget)


def forget_answers(subject: str) -> None:
    """Drop what answers left here for a user of whom anything changed: a configuration, a key, his rights, himself."""
    kind, _, number = subject.partition(":")
    if kind in ("connection", "user"):
        ANSWERS.forget(int(number))
        ALLOWANCES.forget(int(number))


revocation.listen(forget_answers)


def ref_of(connection: Connection) -> str:
    """The name of its key in the vault."""
    return f"connection:{connection.id}"


def binding_of(connection: Connection) -> keys.Binding:
    """What its key is bound to: owner, kind and host."""
    target = connection.target
    return keys.Binding(connection.user_id, target.kind, bound_places(connection.adapter, target), ref_of(connection))


async def find_sealed(connection: Connection) -> Kept | None:
    """What the vault holds for it. That it is used is noted at most once a minute."""
    ref, user = ref_of(connection), connection.user_id
    kept = await ask_once(_read_sealed, connection.id, ref, user, SEALED.moment())
    if kept is not None and USED.get(ref) is None:
        USED.keep(ref, True, (f"connection:{user}", f"user:{user}"), USED.moment())
        with suppress(DatabaseError, Refused):  # "last used" may be a little old; the call goes on
            await ask(keys.mark_used, ref)
    return kept


def _read_sealed(id: int, ref: str, user_id: int, moment: int) -> Kept | None:
    sealed = keys.find_sealed(ref)
    if sealed is None:
        return None
    kept = Kept(sealed)
    SEALED.keep(id, kept, (f"connection:{user_id}", f"user:{user_id}"), moment)
    return kept


def shared_key(connection: Connection) -> str | None:
    """The key of a provider that the administrator shares. Raises AuthFailed where it goes elsewhere now."""
    try:
        return SHARED.key_for(connection.slug, connection.target)
    except Withdrawn:
        raise AuthFailed(f"{connection.name} was changed by the administrator just now. Try again.") from None


class Site:
    """The site as the proxy sees it. It owns the process's network, which belongs to the loop that started it."""

    def __init__(self) -> None:
        self.ledger: Ledger = LEDGER
        self.observer: Observer = Onlookers((CALLS, EXPERIENCE))
        self._network: Network | None = None
        self._nearby: Network | None = None  # which also reaches the services on this machine
        self._public: Network | None = None  # which reaches nothing private, whatever is listed
        self.is_ending: Callable[[], bool] = lambda: False

    @property
    def ending(self) -> bool:
        """Whether the server was told to stop."""
        return self.is_ending()

    async def start(self) -> None:
        """Open the guarded network, and the counts that processes share."""
        self._network = Network(settings.PRIVATE_UPSTREAMS)
        ANSWERS.room = settings.CACHE_MB * MEGABYTE
        if settings.REDIS_URL:
            from proxy.redis_counts import RedisStore  # its library comes with the extra `scale` only

            LIMITER.store = RedisStore(settings.REDIS_URL)

    async def stop(self) -> None:
        """Let every record under way be closed, then close every upstream connection."""
        await DRAINING.stop()
        await settling.drained()
        ANSWERS.forget()
        await LIMITER.store.close()
        networks = (self._network, self._nearby, self._public)
        self._network = self._nearby = self._public = None
        for network in filter(None, networks):
            await network.aclose()

    def pool(self) -> Pool:
        """The connections to services that the network has now."""
        networks = (self._network, self._nearby, self._public)
        pools = [network.pool() for network in networks if network is not None]
        return Pool(sum(pool.busy for pool in pools), sum(pool.idle for pool in pools))

    async def identify_token(self, token: str) -> Caller | None:
        """Whose token this is."""
        return await identity.identify_token(token)

    async def identify_session(self, session_key: str) -> Caller | None:
        """Whose session cookie this is."""
        return await identity.identify_session(session_key)

    async def connection(self, caller: Caller, slug: str) -> Connection | None:
        """The caller's own configuration of this name."""
        return await lookup.find(caller, slug)

    async def call_for(self, call: Call, prompt: Prompt) -> Call:
        """What asks this of the model that it names, or of those that its alias stands for."""
        thread = thread_of(call.caller.user_id, prompt)
        asked = routes.Asked(
            call.caller,
            prompt.model,
            prompt,
            call.source,
            operation_id=call.operation_id,
            conversation=thread,
            own_key=call.provider_key is not None,
        )
        return await routes.call_for(asked, self)

    async def offers(self, caller: Caller) -> list[Offer]:
        """The models that the caller may choose from, and the aliases."""
        return await offers.of(caller, self)

    async def priced(self, caller: Caller, found: Sequence[Offer]) -> list[Offer]:
        """The same with their list prices, where these are known."""
        return await offers.priced(found, caller, self)

    async def find_key(self, connection: Connection, call: Call) -> str | None:
        """The key, opened for this one attempt. Raises AuthFailed when what is stored cannot be opened any more."""
        if connection.id < 0:
            return shared_key(connection)
        kept = SEALED.get(connection.id) or await find_sealed(connection)
        if kept is None:
            return None
        try:
            if kept.opener is None or kept.target is not connection.target:
                kept.opener = keys.Opener(kept.sealed, binding_of(connection), settings.MASTER_KEYS)
                kept.target = connection.target
            return kept.opener.open()
        except keys.Unsealable as error:
            message = f"The stored key of {connection.name} cannot be opened. Paste it again."
            raise AuthFailed(message, code=keys.KEY_UNREADABLE) from error

    async def origin_listed(self, origin: str) -> bool:
        """Whether the site or any user lists this origin."""
        return await origins.listed(origin)

    async def origin_allowed(self, origin: str, caller: Caller) -> bool:
        """Whether this caller may call from this origin."""
        return await origins.allowed(origin, caller)

    def site_origin(self, scheme: str, host: str) -> str:
        """The site's own origin: the public URL's where one is set, else what the browser asked for."""
        return str(settings.PUBLIC_URL or f"{scheme}://{host}").lower()

    def transport(self, connection: Connection) -> httpx.AsyncBaseTransport:
        """What carries requests to this connection's service."""
        own = connection.adapter.transport()
        if own is not None:
            return own
        if self._network is None:
            raise RuntimeError("the network is opened by the server's start")
        return (connection.nearby and self.nearby_transport()) or self._network.transport()

    def outside(self) -> httpx.AsyncBaseTransport:
        """What carries requests to anywhere else that is allowed: tools and their servers."""
        if self._network is None:
            raise RuntimeError("the network is opened by the server's start")
        return self._network.transport()

    def public(self) -> httpx.AsyncBaseTransport:
        """The same for what is public alone, whatever the administrator has opened."""
        if self._public is None:
            self._public = Network()
        return self._public.transport()

    def nearby_transport(self) -> httpx.AsyncBaseTransport | None:
        """What also reaches the services on this machine that are looked for; None before the server's start."""
        if self._network is None:
            return None
        if self._nearby is None:
            self._nearby = Network(settings.PRIVATE_UPSTREAMS | nearby.places())
        return self._nearby.transport()


SITE = Site()
