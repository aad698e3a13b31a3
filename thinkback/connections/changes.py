"""Making, changing and deleting configurations: the one place for the JSON API and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import providers
from providers import Adapter
from thinkback.accounts import revocation
from thinkback.connections import catalogue, chains, practice, slugs
from thinkback.connections.invalid import HostChanged, Invalid
from thinkback.connections.models import Connection
from thinkback.connections.shared import SHARED
from thinkback.connections.targets import adapter_of, binding_of, places_of, ref_of
from thinkback.connections.validation import Change, clean
from thinkback.vault import keys


def create(user_id: int, data: Mapping[str, Any]) -> Connection:
    """A new configuration, its key sealed. Raises Invalid."""
    adapter = _adapter(data.get("kind"))
    practice.ensure(user_id)  # so that nobody else takes its slug
    change = clean(adapter, {"name": usual_name(user_id, adapter), "format": None, **data}, None)
    slug = _free_slug(user_id, adapter.kind, change.columns["name"], data.get("slug"))
    row = Connection(user_id=user_id, kind=adapter.kind, slug=slug, **change.columns)
    chains.check(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _seal(row, change)
    except IntegrityError as error:
        raise Invalid(slug=_("You have a provider with this address already.")) from error
    announce(user_id)
    return row


def usual_name(user_id: int, adapter: Adapter) -> str:
    """What a new configuration is called at first: two of one kind are told apart wherever they are chosen."""
    taken = Connection.objects.filter(user_id=user_id).values_list("name", flat=True)
    return slugs.name_of_another(adapter.label, set(taken))


def update(row: Connection, data: Mapping[str, Any]) -> Connection:
    """The row changed. A move to another host forgets the key: raises HostChanged unless that was confirmed or a new
    key comes along; raises Invalid."""
    adapter = adapter_of(row)
    if adapter is None:
        raise Invalid(
            kind=_("The provider “%(kind)s” is not installed any more. It can only be deleted.") % {"kind": row.kind}
        )
    for fixed in ("kind", "slug"):
        if data.get(fixed, getattr(row, fixed)) != getattr(row, fixed):
            raise Invalid(**{fixed: _("The %(fixed)s stays as it is. Add a new provider instead.") % {"fixed": fixed}})
    change = clean(adapter, data, row)
    before = places_of(row)
    for name, value in change.columns.items():
        setattr(row, name, value)
    if "fallbacks" in change.columns:
        chains.check(row)
    after = places_of(row)
    moved = after != before
    if moved and "pins" not in change.columns:
        change.columns["pins"] = row.pins = []  # like the key, they belong to the host that they were given for
    if moved and not data.get("confirm_host_change") and _would_lose_key(row, change):
        raise HostChanged(" and ".join(before), " and ".join(after))
    with transaction.atomic():
        _save(row, change, moved=moved)
    announce(row.user_id)
    return row


def delete(row: Connection) -> None:
    """The configuration and its key, gone. What it cost stays in the ledger. Raises Invalid for the practice one."""
    if row.slug == practice.KIND:
        raise Invalid(slug=_("Practice cannot be deleted. Turn it off instead."))
    with transaction.atomic():
        keys.forget(ref_of(row))
        row.delete()
        chains.forget(row.user_id, row.slug)
    announce(row.user_id)


def forget_key(row: Connection) -> None:
    """Remove the stored key and keep everything else."""
    keys.forget(ref_of(row))
    Connection.objects.filter(pk=row.pk).update(verified_at=None, failing_since=None, last_error="", remaining={})
    announce(row.user_id)


def announce(user_id: int) -> None:
    """Tell every process that this user's configurations changed."""
    revocation.announce(f"connection:{user_id}")


def _save(row: Connection, change: Change, *, moved: bool) -> None:
    touched = {*change.columns, "updated_at"}  # the rest may be changing elsewhere: a test, a fetch of models
    if moved:
        keys.forget(ref_of(row))
        row.models, row.models_fetched_at = catalogue.typed_in(row), None
        touched |= {"models", "models_fetched_at"}
    if moved or change.secrets:
        row.verified_at = row.failing_since = None
        row.last_error, row.remaining = "", {}
        touched |= {"verified_at", "failing_since", "last_error", "remaining"}
    row.save(update_fields=touched)
    _seal(row, change)


def _seal(row: Connection, change: Change) -> None:
    if None in change.secrets.values():
        keys.forget(ref_of(row))
    for field, key in change.secrets.items():
        if key is not None:
            keys.seal(binding_of(row, field), key)


def _would_lose_key(row: Connection, change: Change) -> bool:
    return "api_key" not in change.secrets and keys.status(ref_of(row)) is not None


def _adapter(kind: Any) -> Adapter:
    try:
        return providers.get(kind)
    except (KeyError, TypeError) as error:
        known = ", ".join(adapter.kind for adapter in providers.available())
        raise Invalid(kind=_("No provider of this kind. There are: %(known)s.") % {"known": known}) from error


def _free_slug(user_id: int, kind: str, name: str, wanted: Any) -> str:
    taken = set(Connection.objects.filter(user_id=user_id).values_list("slug", flat=True))
    if wanted in (None, ""):
        return slugs.propose(kind, name, taken | {row.slug for row in SHARED.rows(user_id)})
    if not isinstance(wanted, str) or not slugs.is_valid(wanted):
        raise Invalid(slug=_("An address has small letters, digits and single hyphens; a few words are reserved."))
    if wanted in taken:
        raise Invalid(slug=_("You have a provider with this address already."))
    return wanted
