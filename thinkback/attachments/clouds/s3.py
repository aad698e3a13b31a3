"""A bucket of Amazon S3, or of anything that speaks as it does."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.handlers import add_expect_header
from storages.backends.s3 import S3Storage

from thinkback.attachments import clouds


class Bucket(S3Storage):  # type: ignore[misc]  # it has no types
    """Private, and soon given up on where it does not answer."""

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        retries: dict[str, Any] = {"total_max_attempts": 2, "mode": "standard"}
        times = {"connect_timeout": clouds.SILENCE, "read_timeout": clouds.SILENCE}
        config = Config(retries=retries, s3={"addressing_style": style}, **times)
        super().__init__(client_config=config, file_overwrite=True, **options)

    def _create_session(self) -> Any:
        """Without "Expect: 100-continue", whose answer is waited for a second longer in each try."""
        session = super()._create_session()
        session.events.unregister("before-call.s3", add_expect_header)
        return session
