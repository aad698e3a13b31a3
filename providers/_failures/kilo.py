"""What Kilo's gateway complains of: most of all that the money is gone, and where to add some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers._failures.complaint import Complaint
from providers._failures.errors import AuthFailed, ModelNotSupported, ProviderError, QuotaExceeded
from providers._failures.redaction import shorten
from providers._openai.tool_calls import text
from providers._reading.counts import inner
from providers._remaining.links import web_link

# Codes that stand beside a status which says something else.
FREE_IS_USED_UP = frozenset({"promotion_model_limit_reached", "freeusagelimiterror"})
GONE = frozenset({"trinity_free_discontinued"})
NEEDS_TOKEN = "paid_model_auth_required"  # noqa: S105 - a code, no secret


def read(failure: ProviderError, complaint: Complaint) -> ProviderError:
    """The failure in Kilo's own words, with the link that mends it."""
    if isinstance(failure, QuotaExceeded):
        return out_of_credit(failure, complaint.error)
    if complaint.words & FREE_IS_USED_UP:
        return again(QuotaExceeded, "What is free of this model is used up for now.", failure, complaint)
    if complaint.words & GONE:
        return again(ModelNotSupported, "This free model is not offered any more.", failure, complaint)
    if NEEDS_TOKEN in complaint.words:
        return again(AuthFailed, "This model is not free: it needs an account’s token.", failure, complaint)
    if failure.status == 404 and "model" in complaint.message.lower():
        return again(ModelNotSupported, "This model is not offered here, or not for this team.", failure, complaint)
    return failure


def out_of_credit(failure: QuotaExceeded, error: Mapping[str, Any]) -> QuotaExceeded:
    """Balance, title, message and link stand in the error or in its `metadata`."""
    told = {**inner(error, "metadata"), **{name: value for name, value in error.items() if value is not None}}
    words = [shorten(text(told.get(name))) for name in ("title", "message") if text(told.get(name))]
    left = told.get("balance")
    message = failure.message
    if words:
        message = f"{message} It says: {': '.join(dict.fromkeys(words))}"
    if isinstance(left, int | float):
        message = f"{message} Balance: ${left}."
    mended = QuotaExceeded(message, status=failure.status, code=failure.code, retry_after=failure.retry_after)
    mended.link = web_link(told.get("buyCreditsUrl"))
    return mended


def again(kind: type[ProviderError], sentence: str, failure: ProviderError, complaint: Complaint) -> ProviderError:
    """A failure of another kind, with what the service said of it."""
    message = f"{sentence} It says: {shorten(complaint.message)}" if complaint.message else sentence
    return kind(message, status=failure.status, code=failure.code, retry_after=failure.retry_after)
