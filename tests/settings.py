"""The site's settings for tests: a data folder of their own, nothing of the developer's environment, fast passwords."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# `./run test` says which services there are; what else stands in the environment must not change a test.
for name in [name for name in os.environ if name.startswith("THINKBACK_") or name in ("REDIS_URL", "EMAIL_URL")]:
    if name not in ("THINKBACK_DATA", "THINKBACK_REQUIRE"):
        del os.environ[name]
if "THINKBACK_DATA" not in os.environ:
    os.environ["THINKBACK_DATA"] = tempfile.mkdtemp(prefix="thinkback-test-")
    atexit.register(shutil.rmtree, os.environ["THINKBACK_DATA"], ignore_errors=True)
if "PYTEST_XDIST_WORKER" in os.environ:  # the workers inherit the folder, and must not share what is in it
    os.environ["THINKBACK_DATA"] = os.path.join(os.environ["THINKBACK_DATA"], os.environ["PYTEST_XDIST_WORKER"])

from thinkback.settings import *  # noqa: E402, F403

MIDDLEWARE.insert(MIDDLEWARE.index("thinkback.pages.compression.Compression") + 1, "tests.conformance.Conformance")  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
