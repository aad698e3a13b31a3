"""What GitHub Models complains of. https://docs.github.com/en/rest/models/inference"""

from __future__ import annotations

import re

from providers._failures.complaint import Complaint
from providers._failures.errors import ModelNotSupported, ProviderError, RateLimited

WAIT = re.compile(r"\bwait (\d{1,7}) seconds?\b", re.IGNORECASE)
MESSAGE = "GitHub Models has no such model, or not for this token."


def read(failure: ProviderError, complaint: Complaint) -> ProviderError:
    """The failure with the pause that the message alone may state, and a forbidden model told from a wrong key."""
    if complaint.code == "no_access":
        return ModelNotSupported(MESSAGE, status=failure.status, code=failure.code)
    stated = WAIT.search(complaint.message)
    if isinstance(failure, RateLimited) and failure.retry_after is None and stated is not None:
        failure.retry_after = float(stated[1])
    return failure
