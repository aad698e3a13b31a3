"""The Django application `pages`."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "thinkback.pages"
