"""Django's settings: safe by default, strict content policy, Chinese first, told by the environment alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from kerong.portal.database_url import database_settings
from kerong.portal.environment import read_environment
from kerong.portal.home import home_folder
from kerong.portal.logs import LOGGING_BY_ENVIRONMENT
from kerong.portal.storeys import installed_folders

PORTAL_FOLDER = Path(__file__).resolve().parent
PACKAGE_FOLDER = PORTAL_FOLDER.parent

ENVIRONMENT = read_environment()
KERONG_ENV = ENVIRONMENT.name
DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    *installed_folders(PACKAGE_FOLDER),
]

MIDDLEWARE = [
    "kerong.portal.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kerong.portal.language.LanguageByCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kerong.portal.law_missing.LawMissingMiddleware",
]

ROOT_URLCONF = "kerong.portal.urls"
WSGI_APPLICATION = "kerong.portal.wsgi.application"
AUTH_USER_MODEL = "parties.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PORTAL_FOLDER / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"kerong": "kerong.portal.page_tags", "figures": "kerong.portal.figure_tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The service is the application role; `owner_connection` borrows the owner's address for migrations only.
# Without any address Django still starts, so that `--help`, checks and makemigrations need no database.
DATABASES: dict[str, dict[str, Any]] = {
    "default": database_settings(ENVIRONMENT.app_address, pool_size_max=ENVIRONMENT.pool_size_max)
    if ENVIRONMENT.app_address
    else {},
}
OWNER_DATABASE = (
    database_settings(ENVIRONMENT.owner_address, pool_size_max=None) if ENVIRONMENT.owner_address else None
)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Chinese whatever the browser says; another language is the reader's own choice, kept in a cookie.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE_FOLDER / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = home_folder() / "static"
STATICFILES_DIRS = [PORTAL_FOLDER / "static"]
WHITENOISE_USE_FINDERS = KERONG_ENV == "development"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if KERONG_ENV == "development"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# Nothing inline, nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "kerong.portal.pages.forbidden"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Development and demo answer on loopback without TLS; production never does.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.is_production
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.is_production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_production else None
# The health page is asked by machines inside the network, which speak plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]

# The storeys below ask these two here, because they may not import the portal.
KERONG_HOME = home_folder()
# Development reads the policies folder as it is edited; everything else reads released texts only.
KERONG_FOLLOW_FILES = KERONG_ENV == "development"

LOGGING = LOGGING_BY_ENVIRONMENT[KERONG_ENV]
