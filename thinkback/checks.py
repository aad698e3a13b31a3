"""System checks: what a setting asks for and this version cannot do is said at the start, not found out later."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from thinkback.attachments import places
from thinkback.configuration import watching
from thinkback.configuration.document import Invalid


@register
def unused_settings(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Name the variables that are set and do nothing yet."""
    named = [name for name in sorted(os.environ) if name.startswith("THINKBACK_OIDC_")]
    return [Warning(f"{name} is set, but this version does not use it yet.", id="thinkback.W001") for name in named]


@register
def storage_packages(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Say what must be installed for the storage of attachments."""
    extra = places.lacking(settings.STORAGES["default"])
    if extra is None:
        return []
    needed = f"THINKBACK_STORAGE_URL needs more packages: pip install 'thinkback[{extra}]'."
    return [Error(f"{needed} `./run` installs them by itself.", id="thinkback.E002")]


@register
def configuration_file(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Say what is wrong with the configuration file, if there is one."""
    if settings.CONFIG is None:
        return []
    try:
        watching.read(settings.CONFIG)
    except Invalid as error:
        return [Error(f"THINKBACK_CONFIG: {error.reason}", id="thinkback.E001")]
    return []
