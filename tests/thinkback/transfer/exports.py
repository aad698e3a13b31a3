"""Exports of other applications, as files to give, and giving them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from django.test import Client

from thinkback.transfer import importing
from thinkback.transfer.models import Import

RECORDINGS = Path(__file__).resolve().parent / "recordings"


def recorded(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def zip_of(**files: bytes | str | list[Any]) -> bytes:
    """An archive; `__` in a name stands for the dot, `___` for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files.items():
            data = json.dumps(held) if isinstance(held, list) else held
            archive.writestr(name.replace("___", "/").replace("__", "."), data)
    return buffer.getvalue()


def give(client: Client, data: bytes | list[Any] | dict[str, Any], name: str = "export.zip") -> dict[str, Any]:
    """Import a file, whole; the import afterwards with its lines."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    answer = client.generic("POST", f"/api/import?name={name}", body, "application/octet-stream")
    assert answer.status_code == 202, answer.content
    found = Import.objects.get(id=answer.json()["id"])
    assert found.state == Import.State.WAITING  # no server runs here
    Import.objects.filter(id=found.id).update(state=Import.State.RUNNING)
    importing.run(found.id)
    told: dict[str, Any] = client.get(f"/api/imports/{found.id}/report").json()
    return told


def outcomes(report: dict[str, Any]) -> list[str]:
    return [line["outcome"] for line in report["conversations"]]
