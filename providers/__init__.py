"""How each language-model service speaks. A file here without an underscore is a provider."""

from providers._anthropic_format import AnthropicFormat
from providers._balance import Remaining, balance_of
from providers._base import Adapter, Exchange, Field, Model, Operation, Reader, Shape, Target
from providers._contract import Unfit, in_words
from providers._counts import adds_up
from providers._discovery import available, built_in, configure, get, left_out, recognise, source_of
from providers._errors import (
    AuthFailed,
    HostRefused,
    InvalidRequest,
    ModelNotSupported,
    NetworkFailed,
    PinMismatch,
    ProviderError,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    ServerFailed,
    SignInRefused,
    StreamTruncated,
    TimedOut,
)
from providers._events import Event, Finish, Message, Prompt, Reasoning, Text, ToolCall, Usage
from providers._guard import Guard
from providers._http import Body, Network, Response, exchange
from providers._incoming import Sink
from providers._offers import LeftOut, Offer, Source, brought, offer
from providers._openai_format import OpenAIFormat
from providers._opening import Opening
from providers._outgoing import Request
from providers._pool import Pool
from providers._reading import Reading
from providers._redaction import KEYS, MARK, TRACES
from providers._sampling import Sampler

__all__ = [
    "Adapter", "AnthropicFormat", "AuthFailed", "Body", "Event", "Exchange", "Field", "Finish", "Guard",
    "HostRefused", "InvalidRequest", "KEYS", "LeftOut", "MARK", "Message", "Model", "ModelNotSupported", "Network",
    "NetworkFailed", "Offer", "OpenAIFormat", "Opening", "Operation", "PinMismatch", "Pool", "Prompt",
    "ProviderError", "ProviderUnavailable", "QuotaExceeded", "RateLimited", "Reader", "Reading", "Reasoning",
    "Remaining", "Request", "Response", "Sampler", "ServerFailed", "Shape", "Sink", "Source", "StreamTruncated",
    "Target", "Text", "TimedOut", "ToolCall", "TRACES", "Unfit", "Usage", "adds_up", "available", "balance_of",
    "brought", "built_in", "configure", "exchange", "get", "in_words", "left_out", "offer", "recognise", "source_of",
    "SignInRefused",
]  # fmt: skip
