"""What every JSON address under `/api/` has in common: who may call, which methods, errors, cross-origin answers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from thinkback.accounts import door, origins
from thinkback.accounts.door import ApiRequest
from thinkback.answers import ApiError, answer, failure, read_json
from thinkback.paging import page

__all__ = ["ApiError", "ApiRequest", "answer", "api", "failure", "page", "read_json"]

View = TypeVar("View", bound=Callable[..., Any])
EXPECTED = (ApiError, ValidationError, Http404, PermissionDenied)


def api(*methods: str, scope: str | None = None) -> Callable[[View], View]:
    """Make a view, sync or async, an address of the JSON API.

    It answers these methods, to a session of this site or to a token with the scope (without one, to sessions alone),
    finds `request.user` and `request.caller`, and may raise ApiError, ValidationError, Http404 and PermissionDenied.
    """

    def decorate(view: View) -> View:
        def enter(request: HttpRequest) -> HttpResponse | None:
            return _enter(request, methods, scope)

        if iscoroutinefunction(view):

            async def asynchronous(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                try:
                    response = await sync_to_async(enter)(request) or await view(request, *args, **kwargs)
                except EXPECTED as error:
                    response = _refusal(error, methods)
                return await sync_to_async(_finish)(request, response)

            return _wrapped(asynchronous, view)

        def synchronous(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response = enter(request) or view(request, *args, **kwargs)
            except EXPECTED as error:
                response = _refusal(error, methods)
            return _finish(request, response)

        return _wrapped(synchronous, view)

    return decorate


def _wrapped(wrapper: Callable[..., Any], view: View) -> View:
    functools.update_wrapper(wrapper, view)
    wrapper.csrf_exempt = True  # type: ignore[attr-defined]  # the door checks it, for sessions
    return wrapper  # type: ignore[return-value]


def _enter(request: HttpRequest, methods: tuple[str, ...], scope: str | None) -> HttpResponse | None:
    """Let the request in, or answer it here if it is a preflight."""
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Methods"] = ", ".join(methods)
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response["Access-Control-Max-Age"] = "600"  # seconds
        return response
    if request.method not in methods:
        raise ApiError(405, "method_not_allowed", f"This address takes {' and '.join(methods)}.")
    door.enter(request, scope)
    return None


def _refusal(error: Exception, methods: tuple[str, ...]) -> HttpResponse:
    response = failure(_as_api_error(error))
    if response.status_code == 405:
        response["Allow"] = ", ".join(methods)
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ValidationError):
        return ApiError.of(error)
    if isinstance(error, PermissionDenied):
        return ApiError(403, "forbidden", str(error) or "This is not yours to do.")
    return ApiError(404, "not_found", "There is nothing here.")


def _finish(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Never cached; readable by a page of another origin only if that origin is on a list."""
    response.headers.setdefault("Cache-Control", "no-store")
    patch_vary_headers(response, ("Cookie", "Authorization", "Origin"))
    origin = request.headers.get("Origin")
    if origin is not None and not origins.of_site(request, origin) and origins.listed_now(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"
    return response
