"""Middleware: what others may do to a call on its way. Off, it costs one look at an attribute."""

from proxy.middleware.chain import Chain
from proxy.middleware.hooks import Middleware, Passage, Received, Refusal, StreamEvent
from proxy.middleware.rules import MIDDLEWARE, Rule

__all__ = ["MIDDLEWARE", "Chain", "Middleware", "Passage", "Received", "Refusal", "Rule", "StreamEvent"]
