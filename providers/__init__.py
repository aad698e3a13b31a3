"""How each language-model service speaks. A file here without an underscore is a provider."""

from providers._abilities import Ability, needed
from providers._anthropic.format import AnthropicFormat
from providers._base import Adapter, Exchange, Field, Model, Operation, Reader, Shape, Target
from providers._events import Citation, Event, Finish, Image, Reasoning, Text, ToolCall, Usage
from providers._failures.errors import (
    AuthFailed,
    ContentRefused,
    HostRefused,
    InvalidRequest,
    ListRefused,
    ModelNotSupported,
    NetworkFailed,
    PinMismatch,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    SessionFailed,
    SignInRefused,
    StreamTruncated,
    TimedOut,
)
from providers._failures.redaction import KEYS, MARK, TRACES
from providers._frozen import frozen
from providers._openai.format import OpenAIFormat
from providers._plugins.contract import Unfit, in_words
from providers._plugins.discovery import (
    available,
    bring,
    built_in,
    configure,
    configured,
    get,
    left_out,
    recognise,
    source_of,
)
from providers._plugins.offers import LeftOut, Offer, Source, brought, offer
from providers._prompt import (
    Document,
    Effort,
    ImageAddress,
    JsonAnswer,
    Message,
    NamedTool,
    Part,
    Prompt,
    Tool,
    ToolResult,
)
from providers._reading.counts import adds_up
from providers._reading.framing import EventStream, Frame
from providers._reading.notes import Reading
from providers._reading.opening import Opening
from providers._reading.sampling import Sampler
from providers._remaining.allowances import Allowance, allowances, telling
from providers._remaining.balance import Remaining, balance_of
from providers._transport.guard import Guard
from providers._transport.http import Body, Network, Response, exchange
from providers._transport.incoming import Sink
from providers._transport.outgoing import Request
from providers._transport.pool import Pool

__all__ = [
    "Ability", "Adapter", "adds_up", "Allowance", "allowances", "AnthropicFormat", "AuthFailed", "available",
    "balance_of", "Body", "bring", "brought", "built_in", "Citation", "configure", "configured", "ContentRefused",
    "Document", "Effort", "Event", "EventStream", "Exchange", "exchange", "Field", "Finish", "Frame", "frozen", "get",
    "Guard", "HostRefused",
    "Image", "ImageAddress", "in_words", "InvalidRequest", "JsonAnswer", "KEYS", "left_out", "LeftOut", "ListRefused",
    "MARK", "Message", "Model", "ModelNotSupported", "NamedTool", "needed", "Network", "NetworkFailed", "Offer",
    "offer", "OpenAIFormat", "Opening", "Operation", "Part", "PinMismatch", "Pool", "Prompt", "ProviderError",
    "ProviderUnavailable", "QuotaExceeded", "RateLimited", "Reader", "Reading", "Reasoning", "recognise", "Remaining",
    "Request", "Response", "Sampler", "ServerFailed", "SessionFailed", "Shape", "SignInRefused", "Sink", "Source",
    "source_of", "StreamTruncated", "Target", "telling", "Text", "TimedOut", "Tool", "ToolCall", "ToolResult",
    "TRACES", "Unfit", "Usage",
]  # fmt: skip
