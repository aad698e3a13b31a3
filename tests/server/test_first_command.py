"""Commands on a data folder that no server has used yet."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.live import LiveServer

OWNER = {
    "DJANGO_SUPERUSER_USERNAME": "alice",
    "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    "DJANGO_SUPERUSER_EMAIL": "alice@example.org",
}


def test_owner_and_token_are_made_before_the_first_start(tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "data")
    server.command("createsuperuser", "--noinput", **OWNER)
    assert re.fullmatch(r"tb_[\w-]+\n", server.command("create_token", "alice", "--name", "laptop"))


def test_a_token_for_nobody_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        LiveServer(tmp_path / "data").command("create_token", "alice", "--name", "laptop")
    assert caught.value.stderr == "CommandError: There is no user “alice”.\n"
