"""Django's settings. Importing them starts nothing and needs no server; the environment: docs/operator.md."""

import os
import socket
import sys
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from genpin.embedded import home, postgres, valkey
from genpin.logs import logging_table

BASE_DIR = Path(__file__).resolve().parent.parent
GENPIN_HOME = home.make_home(home.find_home(BASE_DIR))
os.environ.setdefault("GENPIN_HOME", str(GENPIN_HOME))  # papers know no Django and keep their fonts there


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


DEBUG = _flag("GENPIN_DEBUG")
SECRET_KEY = home.secret_key(GENPIN_HOME)
ALLOWED_HOSTS = _words("GENPIN_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]", socket.gethostname().lower()]
CSRF_TRUSTED_ORIGINS = _words("GENPIN_TRUSTED_ORIGINS")

# --- rooms -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "ledger",
    "accounts",
    "documents",
    "inventory",
    "assembly",
    "logistics",
    "genpin",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "genpin.middleware.LanguageCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page asks for a login; what is public says so with @login_not_required. DRF has its own gate.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "genpin.middleware.BenchMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "genpin.middleware.ReadableRequestMiddleware",
    "genpin.middleware.LostFileMiddleware",
    "genpin.middleware.KeptPageMiddleware",
]
ROOT_URLCONF = "genpin.urls"
WSGI_APPLICATION = "genpin.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "genpin.context.shell",
            ],
        },
    },
]

# --- database and broker ---------------------------------------------------------------------------------------------
# `manage.py relay` shows up in pg_stat_activity as genpin-relay, which is how /readyz sees that it is alive.
_COMMAND = sys.argv[1] if sys.argv[0].endswith("manage.py") and sys.argv[1:] else "process"
PROCESS = os.environ.get("GENPIN_PROCESS") or _COMMAND


def database_entry(url: str) -> dict[str, Any]:
    """A DATABASES entry from a libpq address (`postgresql://…`); parameters Django has no name for become OPTIONS."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry: dict[str, Any] = {ours: parts.pop(theirs, "") for ours, theirs in names.items()}
    pool = {"min_size": 1, "max_size": int(os.environ.get("GENPIN_POOL", "8")), "timeout": 10, "max_idle": 120}
    # Statements of ledger.statements are prepared when they come a third time; Django's own never are.
    options = {"application_name": f"genpin-{PROCESS}"[:63], **parts, "prepare_threshold": 2, "pool": pool}
    return {**entry, "ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


DATABASES = {"default": database_entry(os.environ.get("DATABASE_URL") or postgres.url(GENPIN_HOME))}

CELERY_BROKER_URL = os.environ.get("BROKER_URL") or valkey.url(GENPIN_HOME)
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "genpin"

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["genpin.backends.CountingBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_COOKIE_AGE = 12 * 60 * 60  # one shift with its overtime
SESSION_COOKIE_NAME = "genpin_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "genpin_csrf"

# --- headers ---------------------------------------------------------------------------------------------------------
HTTPS = _flag("GENPIN_HTTPS")  # behind a proxy that speaks TLS and sets X-Forwarded-Proto
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

# --- words and times -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]  # each in itself: for the person who cannot read the other
LANGUAGE_COOKIE_NAME = "genpin_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = sorted(BASE_DIR.glob("locale/*/"))
FORMAT_MODULE_PATH = ["genpin.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"  # for display; the database keeps UTC

# --- static files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("GENPIN_STATIC") or GENPIN_HOME / "static")
STATIC_GENERATED = GENPIN_HOME / "static-generated"  # the chart bundle; made by `up`
STATICFILES_DIRS = [BASE_DIR / "static", STATIC_GENERATED]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "genpin.static_files.HashedFiles"},
}
WHITENOISE_MAX_AGE = 60

# --- uploads ---------------------------------------------------------------------------------------------------------
FILES_FOLDER = GENPIN_HOME / "files"
INBOX_FOLDER = Path(os.environ.get("GENPIN_INBOX") or GENPIN_HOME / "inbox")  # where testers drop their files
REPORTS_FOLDER = Path(os.environ.get("GENPIN_REPORTS") or GENPIN_HOME / "reports")  # weekly reports are put there
FILE_UPLOAD_TEMP_DIR = GENPIN_HOME / "uploads"  # beside the store: a machine's /tmp may be small, or memory
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
BODY_LIMIT = 256 * 1024 * 1024  # bytes of a whole request; more is refused unread
UPLOAD_LIMIT = int(os.environ.get("GENPIN_UPLOAD_MB", "640")) * 1024 * 1024  # of a BMC's archive, a telemetry file
UPLOAD_ADDRESSES = ("/stations/tests/", "/api/test-logs/", "/telemetry/files/", "/api/telemetry/files/")

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "genpin.paging.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ledger.doors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Genpin",
    "DESCRIPTION": "Tracks AI server racks from parts to Kagoshima.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    # Two operations ask for an `outcome`, each for its own set.
    "ENUM_NAME_OVERRIDES": {"ReturnOutcomeEnum": ["repaired", "replaced", "credited", "sent_back"]},
}

LOGGING = logging_table(as_json=os.environ.get("GENPIN_LOG_FORMAT", "") == "json")
LOGGING_CONFIG = "logging.config.dictConfig"

# The address that people and phones reach this plant under: it is printed in the QR code of every issued paper.
PUBLIC_URL = os.environ.get("GENPIN_PUBLIC_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")

# Weekly reports by mail: to whom, and the plant's mail server (nobody named: none is sent).
REPORT_TO = _words("GENPIN_REPORT_TO")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "genpin@localhost")

# Who may read /metrics: a bearer token; empty closes the address.
METRICS_TOKEN = os.environ.get("GENPIN_METRICS_TOKEN", "")
