"""A bucket of Google Cloud Storage."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from mimetypes import guess_type
from typing import Any

from django.core.files.base import File
from google.auth.credentials import AnonymousCredentials
from google.cloud.exceptions import NotFound
from google.cloud.storage import Blob, Client
from google.cloud.storage.retry import DEFAULT_RETRY
from storages.backends import gcloud

from thinkback.attachments import clouds


def soon() -> dict[str, Any]:
    """How long each request may take; the library's own times are minutes, and django-storages hands on no others."""
    again = DEFAULT_RETRY.with_delay(clouds.PAUSE, clouds.PAUSE)
    return {"timeout": clouds.SILENCE, "retry": again.with_timeout(clouds.SILENCE + clouds.PAUSE)}


class Bucket(gcloud.GoogleCloudStorage):  # type: ignore[misc]  # it has no types
    """Private, and soon given up on where it does not answer."""

    _client: Client | None

    def __init__(self, *, endpoint: str = "", **options: Any) -> None:
        super().__init__(file_overwrite=True, **options)
        self.endpoint = endpoint

    @property
    def client(self) -> Client:
        """The client: of Google with the credentials of the environment, of another server without any."""
        if self._client is None and self.endpoint:
            where = {"api_endpoint": self.endpoint}
            project = self.project_id or "thinkback"
            nobody: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]
            self._client = Client(project=project, credentials=nobody, client_options=where)
        return super().client

    def _blob(self, name: str) -> Blob:
        return self.bucket.blob(self._normalize_name(name))

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        try:
            return File(BytesIO(self._blob(name).download_as_bytes(**soon())), name)
        except NotFound as error:
            raise FileNotFoundError(name) from error

    def _save(self, name: str, content: File[bytes]) -> str:
        kind = guess_type(name)[0] or "application/octet-stream"
        self._blob(name).upload_from_file(content, rewind=True, size=content.size, content_type=kind, **soon())
        return name

    def delete(self, name: str) -> None:
        """A file that is not there is deleted already."""
        with suppress(NotFound):
            self._blob(name).delete(**soon())

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return bool(self._blob(name).exists(**soon()))
