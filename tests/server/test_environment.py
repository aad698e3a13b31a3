"""A wrong setting is refused by name, and its value is never repeated."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from proxy.call import Limits
from thinkback import addresses, environment, secret_files
from thinkback.environment import Environment

KEY = base64.b64encode(b"k" * 32).decode()


def test_absent_is_default() -> None:
    assert Environment({}).read("X", addresses.origins) == frozenset()
    assert Environment({}).optional("X", addresses.public_url) is None


def test_empty_is_default() -> None:
    assert Environment({"THINKBACK_LIMITS": " "}).read("THINKBACK_LIMITS", environment.limits) == Limits()


def test_a_dollar_sign_is_taken_as_it_is() -> None:
    assert Environment({"KEY": "$ecret"}).text("KEY") == "$ecret"


def test_any_value_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from a file\n")
    assert Environment({"THINKBACK_SECRET_KEY_FILE": str(path)}).text("THINKBACK_SECRET_KEY") == "from a file"


def test_a_missing_file_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="THINKBACK_SECRET_KEY_FILE"):
        Environment({"THINKBACK_SECRET_KEY_FILE": str(tmp_path / "none")}).text("THINKBACK_SECRET_KEY")


@pytest.mark.parametrize(
    ("name", "parse", "value"),
    [
        ("THINKBACK_ALLOWED_ORIGINS", addresses.origins, "*"),
        ("THINKBACK_ALLOWED_ORIGINS", addresses.origins, "null"),
        ("THINKBACK_ALLOWED_ORIGINS", addresses.origins, "https://canary.example/path"),
        ("THINKBACK_ALLOWED_ORIGINS", addresses.origins, "https://*.canary.example"),
        ("THINKBACK_ALLOWED_ORIGINS", addresses.origins, "canary.example"),
        ("THINKBACK_ALLOWED_ORIGINS", addresses.origins, "https://user@canary.example"),
        ("THINKBACK_ALLOWED_HOSTS", addresses.hosts, "https://canary.example"),
        ("THINKBACK_ALLOWED_HOSTS", addresses.hosts, "canary.example:8000"),
        ("THINKBACK_ALLOWED_HOSTS", addresses.hosts, "canary.example/chat"),
        ("THINKBACK_DATA", secret_files.data_folder, "/dev/null/canary"),
        ("THINKBACK_DATA", secret_files.data_folder, "~canary/var"),
        ("THINKBACK_PUBLIC_URL", addresses.public_url, "https://canary.example/chat"),
        ("THINKBACK_PRIVATE_UPSTREAMS", addresses.upstreams, "canary"),
        ("THINKBACK_PRIVATE_UPSTREAMS", addresses.upstreams, "http://canary:80"),
        ("THINKBACK_PRIVATE_UPSTREAMS", addresses.upstreams, "::1:80"),
        ("THINKBACK_PRIVATE_UPSTREAMS", addresses.upstreams, "canary:70000"),
        ("THINKBACK_TRUSTED_PROXIES", addresses.networks, "canary"),
        ("THINKBACK_CACHE_MB", environment.megabytes, "64 canary"),
        ("THINKBACK_CACHE_MB", environment.megabytes, "-1"),
        ("THINKBACK_TOOL_ROUNDS", environment.rounds, "0"),
        ("THINKBACK_PAGE_HOSTS", addresses.page_hosts, "https://canary.example"),
        ("THINKBACK_PAGE_HOSTS", addresses.page_hosts, "*.*.canary"),
        ("THINKBACK_PAGE_HOSTS", addresses.page_hosts, "canary.example:80"),
        ("THINKBACK_TOOL_ROUNDS", environment.rounds, "9" * 5000),
        ("THINKBACK_CACHE_MB", environment.megabytes, "9" * 5000),
        ("THINKBACK_LIMITS", environment.limits, "canary=5"),
        ("THINKBACK_LIMITS", environment.limits, "streams=-5"),
        ("THINKBACK_LIMITS", environment.limits, "streams"),
        ("THINKBACK_MASTER_KEYS", secret_files.master_keys, "canary"),
        ("THINKBACK_MASTER_KEYS", secret_files.master_keys, "id:canary"),
        ("THINKBACK_MASTER_KEYS", secret_files.master_keys, f"a:{KEY},a:{KEY}"),
        ("THINKBACK_SECRET_KEY", secret_files.secret_key, "canary"),
        ("DATABASE_URL", environment.database, "mysql://canary@host/db"),
        ("DATABASE_URL", environment.database, "postgres://canary@host"),
        ("REDIS_URL", environment.redis, "http://canary"),
        ("EMAIL_URL", environment.email, "http://me:canary@host"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, parse: object, value: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment({name: value}).read(name, parse)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{name}: ")
    assert "canary" not in str(caught.value)


def test_a_wrong_choice_names_the_options() -> None:
    with pytest.raises(ImproperlyConfigured, match="THINKBACK_SIGNUP: must be one of closed, invite, open"):
        Environment({"THINKBACK_SIGNUP": "perhaps"}).choice("THINKBACK_SIGNUP", ("closed", "invite", "open"))


def test_origins_have_one_form() -> None:
    found = addresses.origins("https://A.example, http://localhost:5173,https://b.example:443,http://[::1]:80")
    assert found == {"https://a.example", "http://localhost:5173", "https://b.example", "http://[::1]"}


def test_upstreams_have_one_form() -> None:
    assert addresses.upstreams("LOCALHOST:11434, [::1]:1234") == {"localhost:11434", "[::1]:1234"}


def test_limits_keep_what_is_not_named() -> None:
    assert environment.limits("streams=5") == Limits(streams=5)


def test_postgres_is_understood() -> None:
    config = environment.database("postgres://me:pass%40word@db.example:5433/tb")
    assert (config["ENGINE"], config["NAME"], config["PASSWORD"], config["PORT"]) == (
        "django.db.backends.postgresql",
        "tb",
        "pass@word",
        5433,
    )


def test_the_first_master_key_seals() -> None:
    assert secret_files.master_keys(f"new:{KEY},old:{KEY}")[0] == ("new", b"k" * 32)


def test_hosts_as_django_takes_them() -> None:
    assert addresses.hosts("Chat.example.org, .example.net,[::1]") == ["chat.example.org", ".example.net", "[::1]"]
