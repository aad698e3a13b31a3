"""Every setting, flat, from the environment. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from thinkback import addresses, environment, logs, secret_files
from thinkback.agents import setting as agents
from thinkback.attachments import bounds, places

env = environment.Environment()

# Folders
BASE_DIR = Path(__file__).resolve().parent.parent
IN_PLACE = (BASE_DIR / "manage.py").is_file()  # else it was installed with pip: pages lie in the package, data at home
PAGES = BASE_DIR if IN_PLACE else BASE_DIR / "thinkback"
USUAL = BASE_DIR / "var" if IN_PLACE else Path.home() / ".local" / "share" / "thinkback"
DATA = env.read("THINKBACK_DATA", secret_files.data_folder, str(USUAL))
SECRETS = DATA / "secrets"

# Secrets: given, or made at the first start
SECRET_KEY = env.optional("THINKBACK_SECRET_KEY", secret_files.secret_key) or secret_files.kept(
    SECRETS / "secret_key", secret_files.new_secret_key
)
MASTER_KEYS = env.optional("THINKBACK_MASTER_KEYS", secret_files.master_keys) or secret_files.kept_master_keys(
    SECRETS / "master_keys"
)

# Where the site is, and who stands before it
PUBLIC_URL = env.optional("THINKBACK_PUBLIC_URL", addresses.public_url)
HTTPS = PUBLIC_URL is not None and PUBLIC_URL.startswith("https:")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.read("THINKBACK_ALLOWED_HOSTS", addresses.hosts)]
if PUBLIC_URL is not None:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = env.read("THINKBACK_TRUSTED_PROXIES", addresses.networks)

# What the environment is too small for
CONFIG = env.optional("THINKBACK_CONFIG", Path)

# What people and programs may do
ALLOWED_ORIGINS = env.read("THINKBACK_ALLOWED_ORIGINS", addresses.origins)
PRIVATE_UPSTREAMS = env.read("THINKBACK_PRIVATE_UPSTREAMS", addresses.upstreams)
LIMITS = env.read("THINKBACK_LIMITS", environment.limits)
CACHE_MB = env.read("THINKBACK_CACHE_MB", environment.megabytes, "64")  # of answers that may be given again; 0: none
PAGE_HOSTS = env.read("THINKBACK_PAGE_HOSTS", addresses.page_hosts)  # whose pages models may have fetched
TOOL_ROUNDS = env.read("THINKBACK_TOOL_ROUNDS", environment.rounds, "10")  # in which one answer may call tools
ATTACHMENTS = env.read("THINKBACK_ATTACHMENTS", bounds.read)  # how large, how many in a message, how much of each user
TRASH_DAYS = env.read("THINKBACK_TRASH_DAYS", environment.days, "30")  # after which deleted chats are gone; 0: never
SIGNUP = env.choice("THINKBACK_SIGNUP", ("closed", "invite", "open"))
SHARING = env.choice("THINKBACK_SHARING", ("open", "signed_in", "off"))  # who may read chats that people share
METRICS_TOKEN = env.optional("THINKBACK_METRICS_TOKEN", environment.bearer)  # None = this machine alone
SERVER_KIND = env.choice("THINKBACK_SERVER", ("daphne", "uvicorn", "granian"))

# Coding agents on this machine: none unless named
AGENTS = env.read("THINKBACK_AGENTS", lambda text: agents.read(text, DATA))

# Django
DEBUG = False
ROOT_URLCONF = "thinkback.urls"
ASGI_APPLICATION = "thinkback.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_NAME = "thinkback_language"
FORMAT_MODULE_PATH = "thinkback.languages.formats"
USE_TZ = True
TIME_ZONE = "UTC"
APPEND_SLASH = False
INSTALLED_APPS = [
    "thinkback",  # before staticfiles: its `runserver` is the one
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "allauth",
    "allauth.account",
    "lucide",
    "thinkback.accounts",
    "thinkback.languages",
    "thinkback.vault",
    "thinkback.connections",
    "thinkback.usage",
    "thinkback.tools",
    "thinkback.presets",
    "thinkback.attachments",
    "thinkback.chat",
    "thinkback.search",
    "thinkback.transfer",
    "thinkback.sharing",
    "thinkback.agents",
    "thinkback.pages",
]
MIDDLEWARE = [
    "thinkback.pages.compression.Compression",
    "thinkback.security.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "thinkback.languages.middleware.ReadersLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PAGES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # the server refuses more before it is read
LOGGING = logs.LOGGING

# Static files: gathered under hashed names in the data folder when the server starts
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PAGES / "static"]
STORAGES = {
    "default": env.read("THINKBACK_STORAGE_URL", lambda url: places.read(url, env.text)),
    "staticfiles": {"BACKEND": "thinkback.serving.static.Storage"},
}
MEDIA_ROOT = DATA / "attachments"

# Database: one file by default
SYNCHRONOUS = env.choice("THINKBACK_SYNCHRONOUS", ("normal", "full"))  # full survives a loss of power, and is slower
SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA / "thinkback.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        # pages: at the usual 1,000 a busy ledger's commit waits each quarter of a second for the log to be folded in
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={SYNCHRONOUS}; PRAGMA wal_autocheckpoint=4000;",
    },
    "TEST": {"NAME": DATA / "test.sqlite3"},  # a file, so that several threads see the same
}
DATABASES = {"default": env.optional("DATABASE_URL", environment.database) or SQLITE}

# What several processes share: Redis where there is one, else this process's memory
REDIS_URL = env.optional("REDIS_URL", environment.redis)
CHANNEL_LAYERS: dict[str, Any] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CACHES: dict[str, Any] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}

# E-mail: none unless given
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = "ThinkBack <thinkback@localhost>"
globals().update(env.optional("EMAIL_URL", environment.email) or {})
HAS_EMAIL = not EMAIL_BACKEND.endswith("dummy.EmailBackend")

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["thinkback.accounts.passwords.BoundedArgon2"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_ADAPTER = "thinkback.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "thinkback.accounts.forms.SignupForm"}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = False  # to hide that an address is taken needs a mail server
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"

# Cookies
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14  # seconds
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS

# Answered by this process on https only; see thinkback/security.py for the other headers
HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
