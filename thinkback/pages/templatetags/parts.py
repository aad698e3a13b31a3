"""What `parts/field.html` needs to draw any Django form field the same way."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, PasswordInput, RadioSelect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def control_kind(field: BoundField) -> str:
    """How the field is laid out: `check`, `group` (of checkboxes or radios), `password` or `plain`."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "group"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "password" if isinstance(widget, PasswordInput) else "plain"


@register.simple_tag
def control(field: BoundField, help_text: str = "", no_help: bool = False) -> SafeString:
    """The field's widget with our class, and tied to its help and its error for those who hear the page."""
    if no_help:
        field.help_text = ""
    attrs: dict[str, str | bool] = {} if control_kind(field) in {"check", "group"} else {"class": _classes(field)}
    if _placeholder_repeats_label(field):
        attrs["placeholder"] = False
    if field.errors:
        attrs["aria-invalid"] = "true"
    described = [f"{field.auto_id}-help"] * bool(help_text or field.help_text)
    described += [f"{field.auto_id}-error"] * bool(field.errors)
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def ticked(text: str) -> SafeString:
    """Text in which what stands between backticks is code."""
    pieces = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", one) if n % 2 else one,) for n, one in pieces))


@register.simple_tag
def has_email() -> bool:
    """Whether this server can send mail."""
    return bool(getattr(settings, "HAS_EMAIL", False))


@register.simple_tag
def password_help() -> str:
    """What a new password must be, in one line; the length is the configured one."""
    validators = cast("list[dict[str, Any]]", settings.AUTH_PASSWORD_VALIDATORS)
    length = max((each.get("OPTIONS", {}).get("min_length", 0) for each in validators), default=0) or 8
    return _("At least %(length)s characters, and not a common one.") % {"length": length}


def _classes(field: BoundField) -> str:
    return " ".join(filter(None, ["input", field.field.widget.attrs.get("class", "")]))


def _placeholder_repeats_label(field: BoundField) -> bool:
    # allauth's forms do; a label above says it once and stays.
    # Its first word is enough: "Email address" under "Email (optional)".
    words = str(field.field.widget.attrs.get("placeholder", "")).split()
    return bool(words) and field.label.split()[:1] == words[:1]
