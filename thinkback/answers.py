"""How the JSON addresses read what they are sent, and what they say."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException


class ApiError(Exception):
    """An answer that is an error: status, a word for programs, a sentence for people, the field at fault."""

    def __init__(self, status: int, type: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.message = message
        self.field = field

    @classmethod
    def of(cls, error: ValidationError) -> ApiError:
        """The first thing that a form or a model found wrong."""
        if not hasattr(error, "error_dict"):
            return cls(400, "invalid_request", error.messages[0])
        field, messages = next(iter(error.message_dict.items()))
        return cls(400, "invalid_request", messages[0], None if field == "__all__" else field)


def answer(data: object, status: int = 200) -> JsonResponse:
    """An answer in JSON; dates become ISO 8601, decimals and UUIDs strings."""
    return JsonResponse(data, status=status, safe=False)


def failure(error: ApiError) -> JsonResponse:
    """An error in the one shape that all of `/api/*` has."""
    said: dict[str, Any] = {"type": error.type, "message": error.message}
    if error.field is not None:
        said["field"] = error.field
    return answer({"error": said}, error.status)


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object in a request's body; {} for an empty body. Raises ApiError 400 for anything else, 413 if too large."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise ApiError(413, "too_large", "The body is too large.") from None
    except RawPostDataException:  # a form was sent and has been read as such
        raise ApiError(400, "invalid_request", "Send JSON, with Content-Type: application/json.") from None
    if not body.strip():
        return {}
    try:
        data = msgspec.json.decode(body)  # strict: no NaN, no lone surrogates, no bytes that are not UTF-8
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ApiError(400, "invalid_request", f"The body is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise ApiError(400, "invalid_request", "The body must be a JSON object.")
    return data
