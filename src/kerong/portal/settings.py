"""Django's settings: safe by default, strict content policy, Chinese first, told by the environment alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from kerong.basics import crypto
from kerong.portal.accounts.outside import outside_accounts
from kerong.portal.database_url import database_settings
from kerong.portal.environment import read_environment
from kerong.portal.home import home_folder
from kerong.portal.keys_file import make_provider
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
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
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
    "kerong.portal.accounts.sessions.SessionAgeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kerong.portal.read_only.ReadOnlyMiddleware",
    "kerong.portal.acting.ActingMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kerong.portal.accounts.doors.AccountDoorsMiddleware",
    "kerong.portal.accounts.crawling.CrawlingMiddleware",
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
            "libraries": {
                "kerong": "kerong.portal.page_tags",
                "figures": "kerong.portal.figure_tags",
                "evidence": "kerong.portal.evidence_words",
                "account_corner": "kerong.portal.account_tags",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kerong.portal.demo_world.demo_world",
            ],
        },
    },
]

# Our templates for options: a Chinese name in a list of an English page is marked as Chinese.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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

# ── who signs in, and how (decision 0012) ────────────────────────────────────
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
LOGOUT_REDIRECT_URL = "/"
# djbh3 does what 等保 level 3 asks for; asvs what OWASP ASVS 5.0 asks for, which forbids part of it.
KERONG_PASSWORD_PROFILE = ENVIRONMENT.password_profile
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
] + [{"NAME": "kerong.portal.accounts.passwords.ProfileValidator"}]
ACCOUNT_ADAPTER = "kerong.portal.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "kerong.portal.accounts.forms.SignUpForm"
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "kerong.portal.accounts.adapters.display_name"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.is_production else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Five wrong passwords or codes for one account, twenty from one address: a pause of 30 minutes. The counts are in the
# database cache, so that all processes agree.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/30m/ip,5/30m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
MFA_ADAPTER = "kerong.portal.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kerong"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.is_production
SOCIALACCOUNT_ADAPTER = "kerong.portal.accounts.adapters.OutsideAccountAdapter"
SOCIALACCOUNT_PROVIDERS = outside_accounts()
SOCIALACCOUNT_STORE_TOKENS = False
USERSESSIONS_TRACK_ACTIVITY = False
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kerong_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# The absolute end of a session; the idle one is kept by SessionAgeMiddleware.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

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

FILE_UPLOAD_HANDLERS = [
    "kerong.adapters.uploads.receiving.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

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
CSRF_COOKIE_HTTPONLY = True
if ENVIRONMENT.is_production:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.is_production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_production else None
# The health page is asked by machines inside the network, which speak plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]

# The storeys below ask these here, because they may not import the portal.
KERONG_HOME = home_folder()
KERONG_SIGNED = "kerong.portal.journeys:SIGNED"
# Development reads the policies folder as it is edited; everything else reads released texts only.
KERONG_FOLLOW_FILES = KERONG_ENV == "development"
# Who is told, in the same transaction, when an approval moves: functions of storeys above it.
KERONG_APPROVAL_FOLLOWERS = (
    "kerong.portal.approval_todos:approval_moved",
    "kerong.records.ledger.actions:follow_approval",
)
# An entry links to the decision it rests on where the reader may see it; decisions stand beside the ledger.
KERONG_DECISION = "kerong.records.decisions.queries:decision"
# The ledger asks for the working days, which stand in a record above it.
KERONG_WORKING_CALENDAR = "kerong.records.cases.queries:calendar_today"

# Made when it is first needed, because its keys are in the home folder and its store in the database.
crypto.use(make_provider)

# The address people reach the service at, printed on letters and in mails: https://host, without a path.
KERONG_ADDRESS = os.environ.get("KERONG_ADDRESS", "")

# Production names its mail server; the demo and development write mails to files in the home folder.
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if ENVIRONMENT.is_production else 'filebased'}.EmailBackend"
)
EMAIL_FILE_PATH = home_folder() / "mail"
EMAIL_HOST = os.environ.get("KERONG_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("KERONG_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("KERONG_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("KERONG_MAIL_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST_USER)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("KERONG_MAIL_FROM", "kerong@localhost")

LOGGING = LOGGING_BY_ENVIRONMENT[KERONG_ENV]
