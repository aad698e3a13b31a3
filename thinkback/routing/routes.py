"""From a model's name, or an alias, to the call that asks it: what the chat page and the unified API share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple
from uuid import UUID

from providers import Exchange, Model, Prompt, ToolResult
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Caller, Connection, Fallback, Route, Source, new_id
from proxy.errors import Refused
from proxy.host import Host
from proxy.recent import Recent
from thinkback.connections import lookup
from thinkback.connections.practice import KIND as PRACTICE
from thinkback.routing import choosing, selectors
from thinkback.routing.aliases import ALIASES, Alias, Target
from thinkback.routing.choosing import Chosen, Option
from thinkback.routing.complexity import complexity
from thinkback.routing.needs import Needs, lacking, needs_of
from thinkback.routing.scoring import Facts
from thinkback.routing.selectors import Candidate, Question
from thinkback.routing.weighing import weigh

# Which model answered last in a conversation, as `slug/model`: by user, conversation and alias.
ROUNDS: Recent[tuple[int, str, str], str] = Recent(str)
MOST = 6  # models that one call may try, one after the other


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what, of which model: `slug/model`, or an alias. `conversation` is what keeps its model (`sticky`)."""

    caller: Caller
    name: str
    prompt: Prompt
    source: Source
    chat_id: UUID | None = None
    operation_id: UUID = field(default_factory=new_id)
    conversation: str = ""
    own_key: bool = False  # the caller sends a key of his own along

    @property
    def talk(self) -> str:
        """What this belongs to, in one word; empty where that is not known."""
        return str(self.chat_id or self.conversation)


class Found(NamedTuple):
    """The models to ask, in order; `reason` is empty where one was named."""

    options: list[Option]
    reason: str


async def call_for(asked: Asked, host: Host) -> Call:
    """The call, with where else it may go. Raises Refused, which is booked, and ProviderError."""
    try:
        found = await find(asked, host)
    except Refused as refused:
        slug = asked.name.partition("/")[0]
        nowhere = Call(asked.caller, slug, asked.source, "POST", "", chat_id=asked.chat_id)
        record = new_record(replace(nowhere, operation_id=asked.operation_id), 0, None, None)
        record.model = asked.name
        await book_refusal(record, refused, host)
        raise

    def word(connection: Connection, model: str) -> Exchange:
        return connection.chat(replace(asked.prompt, model=model))

    first, *others = found.options[:MOST]
    exchange = word(first.connection, first.target.model)
    call = Call.of(exchange, asked.caller, first.target.slug, asked.source)
    call = replace(call, chat_id=asked.chat_id, operation_id=asked.operation_id)
    if not found.reason:
        return call
    following = tuple(Fallback(other.target.slug, other.target.model) for other in others)
    return replace(call, route=Route(found.reason, following, word, partial(answered, asked)))


async def find(asked: Asked, host: Host) -> Found:
    """The models that may answer, the best first. Raises Refused where there is none."""
    alias = ALIASES.find(asked.name)
    if alias is None:
        return Found([await _named(asked, host)], "")
    if asked.own_key:
        raise Refused("invalid_request", "A key of your own goes to one provider: name its model, not an alias.", 400)
    options = await _options(alias, asked.caller, host)
    if not options:
        raise Refused("invalid_request", f"You have none of the models that “{alias.name}” stands for.", 404)
    needs = needs_of(asked.prompt)
    fit = _fit(alias, options, needs)
    chosen, because = _kept(asked, await _chosen(alias, fit, needs, asked))
    if len(fit) < len(options):
        because = f"{because} {choosing.wanted(needs)}"
    return Found(chosen, f"alias {alias.name}: {because}")


def answered(asked: Asked, connection: Connection, model: str | None) -> None:
    """Remember who answered, so that what the tools say goes back to the same model."""
    if asked.talk and model is not None:
        place = (asked.caller.user_id, asked.talk, asked.name)
        ROUNDS.get(place)
        ROUNDS.items[place] = f"{connection.slug}/{model}"


def _kept(asked: Asked, chosen: Chosen) -> Chosen:
    """A round of tools goes on with the model that called them: no other one takes its thoughts for its own."""
    last = ROUNDS.items.get((asked.caller.user_id, asked.talk, asked.name))
    if last is None or not any(isinstance(part, ToolResult) for part in asked.prompt.messages[-1].parts):
        return chosen
    same = [option for option in chosen.options if option.target.name == last]
    others = [option for option in chosen.options if option.target.name != last]
    return Chosen(same + others, "goes on with what the tools said") if same else chosen


async def _named(asked: Asked, host: Host) -> Option:
    """The one model of this name."""
    slug, _, model = asked.name.partition("/")
    connection = await host.connection(asked.caller, slug) if model else None
    if connection is None:
        raise Refused("invalid_request", f"You have no model called “{asked.name}”.", 404)
    return Option(Target(slug, model), connection, Model(model))


async def _options(alias: Alias, caller: Caller, host: Host) -> list[Option]:
    """The models of an alias that this caller can ask at all."""
    choices = {choice.slug: choice for choice in await lookup.remembered(caller.user_id)}
    options = []
    for target in alias.targets or _everything(choices.values()):
        connection = await host.connection(caller, target.slug)
        if connection is None or not _usable(connection, named=bool(alias.targets)):
            continue
        models = choices[target.slug].models if target.slug in choices else ()
        known = next((model for model in models if model.id == target.model), Model(target.model))
        options.append(Option(target, connection, known))
    return options


def _usable(connection: Connection, *, named: bool) -> bool:
    """Whether an alias may lead there: to Practice only where it is `named`; to agents, which do more, never."""
    if not connection.enabled or (connection.adapter.needs_key and not connection.has_key):
        return False
    return connection.adapter.transport() is None or (named and connection.target.kind == PRACTICE)


def _everything(choices: Iterable[lookup.Choice]) -> list[Target]:
    """All but the models that draw: they answer no question."""
    return [Target(one.slug, model.id) for one in choices for model in one.models if not model.draws]


async def _chosen(alias: Alias, fit: list[Option], needs: Needs, asked: Asked) -> Chosen:
    """The models in order, by the rule of the alias, and by the selection function that it may have."""
    key = {"conversation": asked.talk, "user": str(asked.caller.user_id), "none": ""}[alias.sticky]
    weighs = alias.choose == "auto" or alias.selector is not None
    facts = await weigh(fit, needs, asked.caller.user_id) if weighs else []
    if alias.choose == "auto":
        built_in = choosing.automatic(alias, fit, facts, needs)
    else:
        built_in = choosing.plain(alias, fit, key or str(asked.operation_id))
    if alias.selector is None:
        return built_in
    known = {option.target.name: (option, fact) for option, fact in zip(fit, facts, strict=True)}
    candidates = tuple(_candidate(*known[option.target.name]) for option in built_in.options)
    hardness = complexity(asked.prompt)
    question = Question(alias.name, asked.caller.user_id, asked.talk, asked.prompt, hardness, candidates)
    selected, wrong = await selectors.ask(alias.selector, question)
    if selected is None:
        return Chosen(built_in.options, f"{built_in.because} ({wrong})")
    because = selected.reason or f"chosen by {alias.selector.name}"
    return Chosen([known[name][0] for name in selected.names], because)


def _candidate(option: Option, facts: Facts) -> Candidate:
    target, model = option.target, option.model
    return Candidate(
        target.name,
        option.connection.target.kind,
        model.context,
        model.tools,
        model.images,
        model.reasoning,
        target.weight,
        facts.cost,
        facts.latency_ms,
        facts.failing,
        facts.streams,
    )


def _fit(alias: Alias, options: list[Option], needs: Needs) -> list[Option]:
    """Those that have what the prompt needs. Raises Refused, naming what is missing."""
    missing = [lacking(needs, option.connection.adapter, option.model) for option in options]
    fit = [option for option, lacks in zip(options, missing, strict=True) if not lacks]
    if not fit:
        words = ", ".join(dict.fromkeys(word for lacks in missing for word in lacks))
        message = f"None of the models that “{alias.name}” stands for has all that this needs; they lack: {words}."
        raise Refused("invalid_request", message, 400)
    return fit
