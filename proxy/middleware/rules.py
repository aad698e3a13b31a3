"""Which middleware applies to which calls, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from providers import Operation
from proxy.call import Call, Connection
from proxy.middleware.chain import Chain, Step
from proxy.middleware.hooks import Middleware, Passage


@dataclass(frozen=True, slots=True)
class Rule:
    """One middleware and what it applies to; no providers (kinds or slugs) or models (patterns) = all of them."""

    name: str
    middleware: Middleware
    order: int = 0
    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    on_failure: Literal["refuse", "skip"] = "refuse"

    def applies(self, connection: Connection, operation: Operation) -> bool:
        """Whether a call of this kind passes through."""
        if self.providers and not {connection.slug, connection.target.kind} & set(self.providers):
            return False
        return not self.models or any(fnmatchcase(operation.model or "", pattern) for pattern in self.models)

    def passage(self, call: Call, connection: Connection, operation: Operation) -> Passage:
        """This call, as the middleware is shown it."""
        return Passage(
            call.caller.user_id, call.source, connection.target.kind, connection.slug, operation.model, operation.name,
            call.path, dict(call.headers), call.body,
        )  # fmt: skip


class Rules:
    """The rules in force, in order; replaced as a whole when the configuration changes."""

    def __init__(self) -> None:
        self.rules: tuple[Rule, ...] = ()

    def set(self, rules: list[Rule]) -> None:
        """From now on these; of the same order, as they stand."""
        self.rules = tuple(sorted(rules, key=lambda rule: rule.order))

    async def before(self, call: Call, connection: Connection, operation: Operation) -> tuple[Call, Chain]:
        """The call as it goes on, and what will look at its answer. Raises Refused."""
        chain = Chain()
        for rule in self.rules:
            if rule.applies(connection, operation):
                step = Step(rule.name, rule.middleware, rule.passage(call, connection, operation), rule.on_failure)
                call = await chain.enter(step, call)
        return call, chain


MIDDLEWARE = Rules()
