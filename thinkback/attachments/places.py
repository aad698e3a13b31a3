"""THINKBACK_STORAGE_URL: where files are kept. Not set: in the data folder.

    s3://[KEY:SECRET@]bucket[/folder][?region=…&endpoint=…]
    azure://[ACCOUNT:KEY@]container[/folder][?endpoint=…]
    gs://bucket[/folder][?project=…&endpoint=…]

Without credentials in it, the environment's usual ones are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

FORM = "must begin with s3://, azure:// or gs://, and name a bucket or container."
ALLOWED = {"s3": ("region", "endpoint"), "azure": ("endpoint",), "gs": ("project", "endpoint")}
PACKAGES = {"s3": "boto3", "azure": "azure.storage.blob", "gs": "google.cloud.storage"}
NAMES = {"": "data folder", "s3": "S3", "azure": "Azure Blob Storage", "gs": "Google Cloud Storage"}
EXTRAS = {"s3": "s3", "azure": "azure", "gs": "gcs"}
FOLDER: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
Text = Callable[[str], str]


def read(url: str, variable: Text) -> dict[str, Any]:
    """Django's setting for the storage at this address; `variable` reads the environment. Raises ValueError."""
    if not url:
        return FOLDER
    parts = urlsplit(url)
    if parts.scheme not in ALLOWED or not parts.hostname:
        raise ValueError(FORM)
    given = dict(parse_qsl(parts.query))
    if unknown := sorted(given.keys() - set(ALLOWED[parts.scheme])):
        raise ValueError(f"does not know {', '.join(unknown)} after the question mark.")
    endpoint = given.get("endpoint", "")
    if endpoint and not endpoint.startswith(("https://", "http://")):
        raise ValueError("the endpoint must begin with https:// or http://.")
    options = {"s3": _s3, "azure": _azure, "gs": _google}[parts.scheme](parts, given, variable)
    return options | {"OPTIONS": options["OPTIONS"] | {"location": unquote(parts.path).strip("/")}}


def scheme_of(storage: dict[str, Any]) -> str:
    """Which service a storage is of; "" for the folder."""
    name = str(storage["BACKEND"]).rpartition(".")[0].rpartition(".")[2]
    return {"s3": "s3", "azure": "azure", "google": "gs"}.get(name, "")


def name(storage: dict[str, Any]) -> str:
    """What people call it."""
    return NAMES[scheme_of(storage)]


def lacking(storage: dict[str, Any]) -> str | None:
    """The extra that must be installed first, if any."""
    scheme = scheme_of(storage)
    try:
        there = not scheme or bool(find_spec("storages") and find_spec(PACKAGES[scheme]))
    except ModuleNotFoundError:
        there = False
    return None if there else EXTRAS[scheme]


def _bucket(parts: SplitResult) -> str:
    return unquote(parts.netloc.rpartition("@")[2])


def _s3(parts: SplitResult, given: dict[str, str], variable: Text) -> dict[str, Any]:
    options: dict[str, Any] = {"bucket_name": _bucket(parts)}
    options["access_key"] = unquote(parts.username or "") or variable("AWS_ACCESS_KEY_ID") or None
    options["secret_key"] = unquote(parts.password or "") or variable("AWS_SECRET_ACCESS_KEY") or None
    options["region_name"] = given.get("region") or variable("AWS_REGION") or None
    options["endpoint_url"] = given.get("endpoint")
    return {"BACKEND": "thinkback.attachments.clouds.s3.Bucket", "OPTIONS": options}


def _azure(parts: SplitResult, given: dict[str, str], variable: Text) -> dict[str, Any]:
    account = unquote(parts.username or "") or variable("AZURE_STORAGE_ACCOUNT")
    key = unquote(parts.password or "") or variable("AZURE_STORAGE_KEY")
    if not account or not key:
        raise ValueError("needs azure://ACCOUNT:KEY@container, or AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY.")
    options = {"azure_container": _bucket(parts), "account_name": account, "account_key": key}
    options["endpoint"] = given.get("endpoint", "")
    return {"BACKEND": "thinkback.attachments.clouds.azure.Container", "OPTIONS": options}


def _google(parts: SplitResult, given: dict[str, str], variable: Text) -> dict[str, Any]:
    options: dict[str, Any] = {"bucket_name": _bucket(parts), "endpoint": given.get("endpoint", "")}
    options["project_id"] = given.get("project")
    return {"BACKEND": "thinkback.attachments.clouds.google.Bucket", "OPTIONS": options}
