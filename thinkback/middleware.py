"""What the site's own middlewares have in common: they are async, for others cost a thread hop for every answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class Middleware(ABC):
    """Runs as what is inside it does: async under ASGI, sync in Django's test client.

    https://docs.djangoproject.com/en/stable/topics/http/middleware/#asynchronous-support
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Answer | AsyncAnswer) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer; awaitable when what is inside is."""
        if iscoroutinefunction(self.get_response):
            return self.answer_later(request, cast("AsyncAnswer", self.get_response))
        return self.answer(request, cast("Answer", self.get_response))

    @abstractmethod
    def answer(self, request: HttpRequest, inside: Answer) -> HttpResponseBase:
        """Answer with what is inside."""

    @abstractmethod
    async def answer_later(self, request: HttpRequest, inside: AsyncAnswer) -> HttpResponseBase:
        """The same under ASGI."""
