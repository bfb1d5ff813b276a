"""All settings, from the environment. What each variable means stands in docs/deployment.md."""

import fcntl
import ipaddress
import os
import re
import secrets
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("PARLEY_DATA", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PARLEY_PORT", default=8000)
HTTPS = env.bool("PARLEY_HTTPS", default=False)
DEBUG = env.bool("PARLEY_DEBUG", default=False)


def _secret_key() -> str:
    """The given key, else one made at first use and kept in the data folder for its owner only."""
    if given := env.str("PARLEY_SECRET_KEY", default=""):
        return given
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(DATA_DIR / "secret-key", os.O_RDWR | os.O_CREAT, 0o600), "r+") as kept:
            fcntl.flock(kept, fcntl.LOCK_EX)  # of servers that start together one writes, the others wait and read
            if not (key := kept.read()):
                kept.write(key := secrets.token_urlsafe(50))
            return key
    except OSError as error:
        raise SystemExit(f"parley: cannot write to {DATA_DIR}: {error.strerror}. Set PARLEY_DATA.") from None


SECRET_KEY = _secret_key()
ORIGINS = env.list("PARLEY_ORIGINS", default=[f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}"])
CSRF_TRUSTED_ORIGINS = ORIGINS
_HOSTS = [given.partition("://")[2].split(":")[0] for given in ORIGINS if "[" not in given]
ALLOWED_HOSTS = env.list("PARLEY_HOSTS", default=["127.0.0.1", "localhost", "[::1]", *filter(None, _HOSTS)])

INSTALLED_APPS = [
    "daphne",
    "core.backoffice.apps.BackOffice",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "core",
    "agents",
    "routing",
    "interactions",
    "reporting",
    "webhooks",
]
MIDDLEWARE = [
    "core.middleware.DatabaseAway",
    "core.middleware.FewPermissions",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agents.middleware.LockedSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Of the log, after which a commit moves it into the file: a third of what SQLite has by itself, for who commits waits.
PAGES = 300


def _sqlite(name: str | Path) -> dict:
    return {
        "ENGINE": "core.sqlite",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": f"PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint={PAGES};",
        },
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
    }


# A machine that is gone without a word is noticed so soon; the system by itself takes a quarter of an hour, and tells
# who only listens nothing at all.
SILENCE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 20_000}
SOCKET_OPTIONS = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")  # the same, by the system's names


def _postgres(given: dict) -> dict:
    """Threads share a pool; a size of 0 leaves pooling to a pooler in front, and keeps no plans."""
    size = env.int("PARLEY_POOL", default=20)
    pool = {"min_size": min(2, size), "max_size": size, "timeout": 5} if size else None
    own = {"connect_timeout": 5, "prepare_threshold": 5 if size else None, **SILENCE}
    options = {**own, **given.get("OPTIONS", {}), "pool": pool}
    extra = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": not size}
    return {**given, **extra, "OPTIONS": options}


def _database() -> dict:
    if not env.str("DATABASE_URL", default=""):
        return _sqlite(DATA_DIR / "parley.sqlite3")
    given = env.db("DATABASE_URL")
    kind = given["ENGINE"].rpartition(".")[2]
    if kind not in ("sqlite3", "postgresql"):
        raise SystemExit("parley: DATABASE_URL must begin with postgres:// or sqlite://.")
    return _sqlite(given["NAME"]) if kind == "sqlite3" else _postgres(given)


DATABASES = {"default": _database()}


def _listened_to(url: str) -> dict:
    if url.startswith("unix://"):
        return {"address": url}
    known = zip(SOCKET_OPTIONS, SILENCE.values(), strict=True)
    options = {getattr(socket, name): value for name, value in known if hasattr(socket, name)}
    return {"address": url, "socket_keepalive": True, "socket_keepalive_options": options}


REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [_listened_to(REDIS_URL)]},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

ENGINE = env.str("PARLEY_ENGINE", default="inside")
STEADY_SECONDS = env.float("PARLEY_STEADY_SECONDS", default=90)

TOKEN_RATE = env.int("PARLEY_TOKEN_RATE", default=600)
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "core.answers.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "NUM_PROXIES": 0,  # the server has already resolved the address, and believes trusted proxies only
    "DEFAULT_THROTTLE_RATES": {"start": env.str("PARLEY_START_RATE", default="60/hour")},
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": ["core.api.describe.add_components"],
}

STUN = env.list("PARLEY_STUN", default=[])
TURN = env.list("PARLEY_TURN", default=[])
TURN_SECRET = env.str("PARLEY_TURN_SECRET", default="")
TURN_USER, TURN_PASSWORD = env.str("PARLEY_TURN_USER", default=""), env.str("PARLEY_TURN_PASSWORD", default="")
for _name, _given, _kinds in (("STUN", STUN, ("stun:", "stuns:")), ("TURN", TURN, ("turn:", "turns:"))):
    if wrong := [one for one in _given if not one.startswith(_kinds)]:
        raise SystemExit(f"parley: PARLEY_{_name} must begin with {' or '.join(_kinds)}, not {wrong[0]}.")
if TURN and not (TURN_SECRET or (TURN_USER and TURN_PASSWORD)):
    raise SystemExit("parley: PARLEY_TURN needs PARLEY_TURN_SECRET, or PARLEY_TURN_USER and PARLEY_TURN_PASSWORD.")

LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_COOKIE_NAME = "parley_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.answers.stale"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# {scheme: (port, STARTTLS, TLS from the start)}
_MAILERS = {"smtp": (25, False, False), "smtp+tls": (587, True, False), "smtps": (465, False, True)}


def _mailer(given: str):
    """Where mail leaves, from EMAIL_URL; "" for a site that sends none."""
    try:
        url = urlsplit(given)
        right = url.scheme == "console" or not given or (url.scheme in _MAILERS and url.hostname and url.port != 0)
    except ValueError:  # a port that is none
        right = False
    if not right:
        raise SystemExit("parley: EMAIL_URL must be smtp://, smtp+tls:// or smtps:// with a host, or console://.")
    return url


def _sender() -> str:
    named = [host for host in _HOSTS if not host.replace(".", "").isdigit()]
    given = env.str("PARLEY_MAIL_FROM", default=f"parley@{(named or ['localhost'])[0]}")
    if not re.fullmatch(r"[^\r\n]*?<?[^\s@<>]+@[^\s@<>]+>?", given):
        raise SystemExit("parley: PARLEY_MAIL_FROM must be like parley@example.com, or Parley <parley@example.com>.")
    return given


_mail = _mailer(env.str("EMAIL_URL", default="console://" if env.bool("PARLEY_DEMO", default=True) else ""))
_port, EMAIL_USE_TLS, EMAIL_USE_SSL = _MAILERS.get(_mail.scheme, (0, False, False))
MAIL_READY = _mail.scheme != ""
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.scheme in _MAILERS else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = _mail.hostname or "", _mail.port or _port, 10
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _sender()


def _networks(given: list[str]) -> list:
    try:
        return [ipaddress.ip_network(one) for one in given]
    except ValueError as error:
        raise SystemExit(f"parley: PARLEY_WEBHOOK_NETWORKS must be like 10.2.0.0/16,192.0.2.7; {error}.") from None


WEBHOOK_NETWORKS = _networks(env.list("PARLEY_WEBHOOK_NETWORKS", default=[]))

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = env.str("PARLEY_TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.static.Storage"},
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000  # a queue with 5,000 agents, a skill with 500 lines

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "uvicorn.access": {"level": "WARNING"}},
}
