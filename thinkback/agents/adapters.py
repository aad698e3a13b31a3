"""Claude Code and OpenCode as providers: a form, models, and a transport that runs them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from django.conf import settings

from providers import (
    Ability,
    Adapter,
    AuthFailed,
    Field,
    InvalidRequest,
    OpenAIFormat,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    SessionFailed,
    Target,
)
from thinkback.agents import paths
from thinkback.agents.claude_code import ClaudeCode
from thinkback.agents.opencode import OpenCode
from thinkback.agents.setting import Agents
from thinkback.agents.transport import AgentTransport
from thinkback.agents.turns import Agent

CLAUDE_CODE = Agent("claudecode", "Claude Code", ClaudeCode())
OPEN_CODE = Agent("opencode", "OpenCode", OpenCode())
MEANINGS: dict[int, type[ProviderError]] = {
    400: InvalidRequest, 401: AuthFailed, 402: QuotaExceeded, 403: AuthFailed, 404: InvalidRequest, 413: InvalidRequest,
    422: InvalidRequest, 429: RateLimited,
}  # fmt: skip
ALIASES = ("default", "sonnet", "opus", "haiku")


class AgentAdapter(OpenAIFormat):
    """An agent on this machine. What it costs is booked with the calls that it makes, so an answer itself is free."""

    base_url = "https://agent.invalid/v1"  # a name that can never be a host (RFC 2606): nothing is ever sent there
    needs_key = False
    for_programs = False
    asks_for_usage = False
    wire_format = ""  # nobody stands in for it
    price_id = "local"
    takes: frozenset[Ability] = frozenset()  # it has tools of its own

    def __init__(self, agent: Agent, agents: Agents, models: tuple[str, ...], provider: str) -> None:
        self.kind, self.label = agent.kind, agent.label
        self.agents, self.listed_models, self.provider = agents, models, provider
        self._transport = AgentTransport(agent, models)

    def fields(self) -> tuple[Field, ...]:
        """Where it works, and whose models it calls."""
        roots = ", ".join(map(str, self.agents.roots))
        model, first = "Chosen when a chat begins with it.", "".join(self.listed_models[:1])
        return (
            Field("directory", "Directory", required=True, default=str(self.agents.roots[0]), help=f"In {roots}."),
            Field(
                "provider", "Calls models through", required=True, default=self.provider,
                help="The address of a provider of yours, as it stands in its page's address. Its key stays here.",
            ),
            Field("default_model", "Default model", required=not first, default=first, help=model),
        )  # fmt: skip

    def faults(self, target: Target) -> dict[str, str]:
        """Whether the directory is one that the administrator allows."""
        return directory_faults(target.options.get("directory", ""), self.agents)

    def transport(self) -> httpx.AsyncBaseTransport:
        """What runs it."""
        return self._transport

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error before the answer began."""
        try:
            return own_failure(json.loads(body), headers) or super().failure(status, headers, body)
        except ValueError:
            return super().failure(status, headers, body)

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """What broke an answer."""
        return own_failure(document, {}) or super().event_failure(document)


def own_failure(document: object, headers: Mapping[str, str]) -> ProviderError | None:
    """What we said ourselves: a refusal, or how an agent's session broke. None for any other document."""
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict) or error.get("code") != "session_error":
        return None
    message, status = str(error.get("message")), error.get("status")
    known = MEANINGS.get(status) if isinstance(status, int) else None
    if known is not None:
        wait = headers.get("retry-after", "")
        return known(
            message, status=status, code="session_error", retry_after=float(wait) if wait.isdecimal() else None
        )
    return SessionFailed(message, str(error.get("provider")), str(error.get("session")))


def directory_faults(text: str, agents: Agents) -> dict[str, str]:
    """What is wrong with a directory, if anything."""
    try:
        paths.directory(text or str(agents.roots[0]), agents.roots, settings.DATA)
    except ValueError as error:
        return {"directory": str(error)}
    return {}


def adapters(agents: Agents) -> list[Adapter]:
    """The agents that are turned on."""
    known = (AgentAdapter(CLAUDE_CODE, agents, ALIASES, "anthropic"), AgentAdapter(OPEN_CODE, agents, (), "openai"))
    return [adapter for adapter in known if adapter.kind in agents.programs] if agents.programs else []
