"""The errors of Bedrock, by status or inside a stream. Amazon Bedrock API Reference, "Errors" of Converse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx

from providers._failures.classify import classify
from providers._failures.complaint import Complaint, read_body, said
from providers._failures.errors import AuthFailed, ListRefused, ProviderError
from providers._json import decode_object

# What AWS calls an error → the word for it among those that are known of other services.
WORDS = {
    "throttlingexception": "throttling", "toomanyrequestsexception": "throttling",
    "servicequotaexceededexception": "insufficient_quota", "accessdeniedexception": "permission_denied",
    "unrecognizedclientexception": "authentication_error", "invalidsignatureexception": "authentication_error",
    "incompletesignatureexception": "authentication_error", "expiredtokenexception": "authentication_error",
    "missingauthenticationtokenexception": "authentication_error", "resourcenotfoundexception": "model_not_found",
    "validationexception": "invalid_argument", "modelnotreadyexception": "overloaded_error",
    "serviceunavailableexception": "overloaded_error", "modeltimeoutexception": "timeout_error",
    "modelerrorexception": "server_error", "modelstreamerrorexception": "server_error",
    "internalserverexception": "internal_server_error",
}  # fmt: skip
STATUSES = {  # of exceptions inside a stream
    "validationexception": 400, "accessdeniedexception": 403, "resourcenotfoundexception": 404,
    "modeltimeoutexception": 408, "modelerrorexception": 424, "modelstreamerrorexception": 424,
    "throttlingexception": 429, "internalserverexception": 500, "serviceunavailableexception": 503,
}  # fmt: skip
NO_MODEL = re.compile(
    r"model identifier is invalid|on-demand throughput isn.t supported|end of its life"
    r"|access to the model|model access is denied",
    re.I,
)
NO_LIST = re.compile(r"not authorized to perform: bedrock:List")  # many keys may do no more than ask models
NAME = re.compile(r"(?:[\w.]{0,100}#)?([A-Za-z]{1,100})(?::|$)")
FAILED_MODEL = 424  # the model failed, not the request


def answered(speaker: str, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """An error answer: its name stands in a header, or in the body under `__type`."""
    document = decode_object(body[: 64 * 1024])
    name = httpx.Headers(dict(headers)).get("x-amzn-errortype") or document.get("__type")
    complaint = read_body(body)
    message = complaint.message or said(document.get("Message"))
    return judged(speaker, name_of(name), replace(complaint, message=message), (status, headers))


def streamed(speaker: str, document: Mapping[str, Any]) -> ProviderError | None:
    """The exception that an event of a stream tells of, if it does."""
    for name, content in document.items():
        if name.endswith("Exception") and isinstance(content, Mapping):
            return judged(speaker, name_of(name), Complaint(said(content)), (STATUSES.get(name.lower()), {}))
    return None


def judged(
    speaker: str, name: str, complaint: Complaint, answer: tuple[int | None, Mapping[str, str]]
) -> ProviderError:
    """Our error for an exception of this name and these words; `answer` is its status and its headers."""
    status, headers = answer
    words = {WORDS.get(name.lower(), name.lower())} if name else set()
    if NO_MODEL.search(complaint.message):
        words.add("model_not_found")
    complaint = replace(complaint, words=complaint.words | words, code=name or complaint.code)
    failure = classify(speaker, complaint, 500 if status == FAILED_MODEL else status, headers)
    failure.status = status
    if isinstance(failure, AuthFailed) and NO_LIST.search(complaint.message):
        return ListRefused(failure.message, status=status, code=failure.code)
    return failure


def name_of(value: Any) -> str:
    """An exception's name: `ThrottlingException:http://…` in a header, `com.amazon#ThrottlingException` in a body."""
    found = NAME.match(value) if isinstance(value, str) else None
    return found[1] if found else ""
