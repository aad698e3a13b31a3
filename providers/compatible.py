"""Services that speak OpenAI's format: one row each. A new row is the whole change for a new provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from providers._abilities import Ability
from providers._base import Exchange
from providers._events import Usage
from providers._failures import github
from providers._failures.complaint import Complaint, read_body, read_document
from providers._failures.errors import ProviderError
from providers._joining import is_version
from providers._openai.format import EVERYTHING, Exceptions, OpenAIFormat
from providers._openai.layouts import Recall
from providers._remaining import balance as _balance
from providers._remaining.balance import BalanceQuestion


@dataclass(frozen=True, eq=False)
class Compatible(OpenAIFormat):
    """One service. `asks_for_usage` is false where streams report usage unasked, or the question is refused.

    `versioned` is false where addresses have no `v1`; paths that begin with one of `host_rooted` do not lie below the
    root but beside it. A reader is given what was read in OpenAI's way, and the document or the complaint it stood in.
    """

    kind: str
    label: str
    base_url: str
    key_url: str = ""
    key_prefixes: tuple[str, ...] = ()
    price_id: str | None = None
    asks_for_usage: bool = True
    states_cost: bool = False
    forwarded: frozenset[str] = OpenAIFormat.forwarded
    message_format: str = "openai"
    takes: frozenset[Ability] = OpenAIFormat.takes
    exceptions: Exceptions = ()
    tool_choices: frozenset[str] = OpenAIFormat.tool_choices
    recall: Recall = ""
    call_ids: re.Pattern[str] | None = None
    spellings: tuple[tuple[str, str], ...] = ()
    must_call: str = "required"
    nests_effort: bool = False
    without_effort: Mapping[str, Any] | None = None
    models_path: str = "v1/models"
    versioned: bool = True
    host_rooted: frozenset[str] = frozenset()
    usage_reader: Callable[[Mapping[str, Any], Usage], Usage] | None = None
    error_reader: Callable[[ProviderError, Complaint], ProviderError] | None = None
    balance: BalanceQuestion | None = None

    def join(self, root: list[str], path: list[str]) -> list[str]:
        """Root and path, as the row has it."""
        if path and path[0] in self.host_rooted:
            return [*(root[: root.index(path[0])] if path[0] in root else []), *path]
        if not self.versioned and path and is_version(path[0]) and not any(map(is_version, root)):
            path = path[1:]
        return super().join(root, path)

    def models(self) -> Exchange:
        """The request that lists the models."""
        return Exchange("GET", self.models_path)

    def usage(self, document: Mapping[str, Any]) -> Usage | None:
        """The usage, by the row's own reader where it names one."""
        usage = super().usage(document)
        return usage if usage is None or self.usage_reader is None else self.usage_reader(document, usage)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """An error answer, by the row's own reader where it names one."""
        failure = super().failure(status, headers, body)
        return failure if self.error_reader is None else self.error_reader(failure, read_body(body))

    def event_failure(self, document: Mapping[str, Any]) -> ProviderError | None:
        """The error that one event announces, by the row's own reader where it names one."""
        failure = super().event_failure(document)
        if failure is None or self.error_reader is None:
            return failure
        return self.error_reader(failure, read_document(document))


BASIC: frozenset[Ability] = frozenset({"tools", "tool_choice", "json_object", "top_p", "stop"})
PENALTIES: frozenset[Ability] = frozenset({"presence_penalty", "frequency_penalty"})
PICTURES: frozenset[Ability] = frozenset({"images", "image_urls"})
SERVICES = (
    Compatible(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        "https://openrouter.ai/settings/keys",
        ("sk-or-",),
        "openrouter",
        asks_for_usage=False,
        states_cost=True,
        forwarded=OpenAIFormat.forwarded | {"http-referer", "x-title"},
        balance=BalanceQuestion("v1/key", _balance.openrouter),
        recall="details",
        nests_effort=True,
    ),
    Compatible(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        "https://platform.deepseek.com/api_keys",
        price_id="deepseek",
        balance=BalanceQuestion("user/balance", _balance.deepseek),
        takes=BASIC | PENALTIES | {"reasoning_effort"},
        recall="content",
        without_effort={"thinking": {"type": "disabled"}},
    ),
    Compatible(
        "moonshot",
        "Moonshot (Kimi)",
        "https://api.moonshot.ai/v1",
        "https://platform.moonshot.ai/console/api-keys",
        price_id="moonshotai",
        asks_for_usage=False,
        balance=BalanceQuestion("v1/users/me/balance", _balance.moonshot),
        takes=BASIC | PENALTIES | {"images", "reasoning_effort"},
        exceptions=((re.compile(r"kimi-(k2\.[5-9]|k[3-9])"), PENALTIES | {"top_p"}),),  # it sets them itself
        tool_choices=frozenset({"auto", "none"}),
        recall="content",
        without_effort={"thinking": {"type": "disabled"}},
    ),
    Compatible(
        "qwen",
        "Qwen",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "https://modelstudio.console.alibabacloud.com/?tab=api-key",
        takes=EVERYTHING - {"documents", "frequency_penalty"},
        tool_choices=frozenset({"auto", "none", "named"}),
        without_effort={"enable_thinking": False},
    ),
    Compatible(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        "https://console.mistral.ai/api-keys",
        price_id="mistral",
        asks_for_usage=False,
        takes=EVERYTHING - {"documents"},
        call_ids=re.compile(r"[A-Za-z0-9]{9}"),
        spellings=(("seed", "random_seed"),),
        must_call="any",
    ),
    Compatible(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        "https://console.groq.com/keys",
        ("gsk_",),
        "groq",
        asks_for_usage=False,
        takes=EVERYTHING - PENALTIES - {"documents"},
    ),
    Compatible(
        "xai",
        "xAI",
        "https://api.x.ai/v1",
        "https://console.x.ai",
        ("xai-",),
        "x-ai",
        states_cost=True,
        takes=EVERYTHING - {"documents"},
        exceptions=(
            (re.compile(r"grok-(3-mini|4|latest|code|build)(?!.*non-reasoning)"), PENALTIES | {"stop"}),
            (re.compile(r"grok-(2|3(?!-mini)|4($|-0709|-latest|-fast|-1-fast)|code)"), frozenset({"reasoning_effort"})),
        ),
    ),
    Compatible(
        "vercel",
        "Vercel AI Gateway",
        "https://ai-gateway.vercel.sh/v1",
        "https://vercel.com/d?to=%2F%5Bteam%5D%2F%7E%2Fai%2Fapi-keys",
        ("vck_",),
        states_cost=True,
        forwarded=OpenAIFormat.forwarded | {"http-referer", "x-title"},
        balance=BalanceQuestion("v1/credits", _balance.plain),
        recall="details",
        nests_effort=True,
    ),
    Compatible(
        "github",
        "GitHub Models",
        "https://models.github.ai/inference",
        "https://github.com/settings/personal-access-tokens",
        ("github_pat_", "ghp_", "gho_", "ghu_", "ghs_"),
        models_path="catalog/models",
        versioned=False,
        host_rooted=frozenset({"catalog", "orgs"}),
        forwarded=OpenAIFormat.forwarded | {"x-github-api-version"},
        error_reader=github.read,
        takes=BASIC | PENALTIES | PICTURES | {"json_schema", "seed"},
    ),
)
