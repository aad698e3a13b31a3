"""Errors in the words of each SDK, so that it raises its own class.

Sources: https://platform.openai.com/docs/guides/error-codes, https://docs.anthropic.com/en/api/errors,
https://cloud.google.com/apis/design/errors, https://docs.cohere.com/reference/errors,
https://docs.ollama.com/api/errors,
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
"""

from __future__ import annotations

import json

from providers import Shape

OPENAI = {
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("permission_error", "permission_denied"),
    404: ("invalid_request_error", "not_found"),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    500: ("server_error", "internal_error"),
    502: ("server_error", "bad_gateway"),
    503: ("server_error", "service_unavailable"),
    504: ("server_error", "timeout"),
}
ANTHROPIC = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
GOOGLE = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

BEDROCK = {
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    502: "ServiceUnavailableException",
    503: "ServiceUnavailableException",
    504: "ModelTimeoutException",
}


def document(shape: Shape, status: int, message: str) -> dict[str, object]:
    """One error as a JSON object in the provider's shape."""
    if shape == "anthropic":
        kind = ANTHROPIC.get(status, "invalid_request_error" if status < 500 else "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}}
    if shape == "google":
        name = GOOGLE.get(status, "INVALID_ARGUMENT" if status < 500 else "INTERNAL")
        return {"error": {"code": status, "message": message, "status": name}}
    if shape == "cohere":  # with OpenAI's beside it, for callers of the compatible endpoints
        return {"message": message, **document("openai", status, message)}
    if shape == "ollama":
        return {"error": message}
    if shape == "bedrock":
        name = BEDROCK.get(status, "ValidationException" if status < 500 else "InternalServerException")
        return {"__type": name, "message": message}
    kind, code = OPENAI.get(status, ("invalid_request_error" if status < 500 else "server_error", None))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def body(shape: Shape, status: int, message: str) -> bytes:
    """The body of an error answer, JSON."""
    return json.dumps(document(shape, status, message)).encode()


def event(shape: Shape, status: int, message: str) -> bytes:
    """The server-sent event that tells of a failure in the middle of a stream."""
    if shape == "cohere":
        return cohere_event(status, message)
    name = b"event: error\n" if shape == "anthropic" else b""
    return name + b"data: " + body(shape, status, message) + b"\n\n"


def cohere_event(status: int, message: str) -> bytes:
    """Cohere's last event, which tells of a failure by its finish reason; OpenAI's `error` is beside it."""
    ending = {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": message}}
    told = json.dumps({**ending, **document("openai", status, message)}).encode()
    return b"event: message-end\ndata: " + told + b"\n\n"
