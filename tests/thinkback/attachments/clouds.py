"""Servers on this machine that speak S3, Google Cloud Storage and Azure Blob, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.services import free_port, listens, wait_until

AZURE_ACCOUNT = "devstoreaccount1"  # Azurite's own, known to everybody
AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

WRONG_KEY = "d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc%3D"


class Cloud:
    """One of them: `url` is for THINKBACK_STORAGE_URL; `wrong` names no place that is there, `mistaken` a wrong key."""

    def __init__(self, name: str, url: str, wrong: str, process: subprocess.Popen[bytes], mistaken: str = "") -> None:
        self.name, self.url, self.wrong, self.process, self.mistaken = name, url, wrong, process, mistaken

    def hang(self) -> None:
        """Take connections, and say nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def served(command: list[str], port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
        try:
            wait_until(lambda: listens(port))
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def s3(folder: Path) -> Iterator[Cloud]:
    import boto3

    port = free_port()
    with served([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port, folder) as process:
        endpoint = f"http://127.0.0.1:{port}"
        keys = {"aws_access_key_id": "me", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket="files")  # type: ignore[call-overload]
        query = f"?region=us-east-1&endpoint={endpoint}"
        yield Cloud("S3", f"s3://me:secret@files/some/where{query}", f"s3://me:secret@nowhere{query}", process)


@contextmanager
def gcs(folder: Path) -> Iterator[Cloud]:
    port = free_port()
    program = str(Path(sys.executable).with_name("gcp-storage-emulator"))
    command = [program, "start", "--host=127.0.0.1", f"--port={port}", "--in-memory", "--default-bucket=files"]
    with served(command, port, folder) as process:
        query = f"?endpoint=http://127.0.0.1:{port}"
        yield Cloud("Google Cloud Storage", f"gs://files/some/where{query}", f"gs://nowhere{query}", process)


def azurite() -> str | None:
    """Where Azurite is: `npm install azurite`."""
    return os.environ.get("AZURITE") or shutil.which("azurite-blob")


@contextmanager
def azure(folder: Path) -> Iterator[Cloud]:
    from urllib.parse import quote

    from azure.storage.blob import BlobServiceClient

    port = free_port()
    command = [str(azurite()), "--silent", "--skipApiVersionCheck", "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    with served([*command, "--location", str(folder)], port, folder) as process:
        endpoint = f"http://127.0.0.1:{port}/{AZURE_ACCOUNT}"
        client = BlobServiceClient(endpoint, credential={"account_name": AZURE_ACCOUNT, "account_key": AZURE_KEY})
        client.create_container("files")
        client.close()
        start, query = f"azure://{AZURE_ACCOUNT}:{quote(AZURE_KEY, safe='')}@", f"?endpoint={endpoint}"
        mistaken = f"azure://{AZURE_ACCOUNT}:{WRONG_KEY}@files{query}"
        url, wrong = f"{start}files/some/where{query}", f"{start}nowhere{query}"
        yield Cloud("Azure Blob Storage", url, wrong, process, mistaken)


CLOUDS: dict[str, Callable[[Path], AbstractContextManager[Cloud]]] = {"s3": s3, "gcs": gcs, "azure": azure}
