"""A container of Azure Blob Storage."""

from __future__ import annotations

from typing import Any

from azure.storage.blob import BlobServiceClient, LinearRetry
from storages.backends.azure_storage import AzureStorage

from thinkback.attachments import clouds


class Container(AzureStorage):  # type: ignore[misc]  # it has no types
    """Private, and soon given up on where it does not answer."""

    def __init__(self, *, endpoint: str = "", **options: Any) -> None:
        super().__init__(overwrite_files=True, **options)
        self.endpoint = endpoint or f"https://{self.account_name}.blob.core.windows.net"

    def _get_service_client(self) -> BlobServiceClient:
        credential = {"account_name": self.account_name, "account_key": self.account_key}
        again = LinearRetry(
            backoff=clouds.PAUSE, retry_total=1, random_jitter_range=0
        )  # its own waits up to four seconds
        times: dict[str, Any] = {"connection_timeout": clouds.SILENCE, "read_timeout": clouds.SILENCE}
        return BlobServiceClient(self.endpoint, credential=credential, retry_policy=again, **times)

    def _open(self, name: str, mode: str = "rb") -> Any:
        if not self.exists(name):  # else its first read fails, in words of its own
            raise FileNotFoundError(name)
        return super()._open(name, mode)
