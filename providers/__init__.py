"""How each language-model service speaks. A file here without an underscore is a provider."""

from providers._base import Adapter, Exchange, Field, Model, Operation, Reader, Shape, Target
from providers._counts import adds_up
from providers._discovery import available, get, recognise
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
    StreamTruncated,
    TimedOut,
)
from providers._events import Event, Finish, Message, Prompt, Reasoning, Text, ToolCall, Usage
from providers._guard import Guard
from providers._http import Body, Network, Response, exchange
from providers._incoming import Sink
from providers._opening import Opening
from providers._outgoing import Request
from providers._pool import Pool
from providers._reading import Reading
from providers._redaction import KEYS, MARK, TRACES
from providers._sampling import Sampler

__all__ = [
    "Adapter", "AuthFailed", "Body", "Event", "Exchange", "Field", "Finish", "Guard", "HostRefused", "InvalidRequest",
    "KEYS", "MARK", "Message", "Model", "ModelNotSupported", "Network", "NetworkFailed", "Opening", "Operation",
    "PinMismatch", "Pool", "Prompt", "ProviderError", "ProviderUnavailable", "QuotaExceeded", "RateLimited", "Reader",
    "Reading", "Reasoning", "Request", "Response", "Sampler", "ServerFailed", "Shape", "Sink", "StreamTruncated",
    "TRACES", "Target", "Text", "TimedOut", "ToolCall", "Usage", "adds_up", "available", "exchange", "get", "recognise",
]  # fmt: skip
