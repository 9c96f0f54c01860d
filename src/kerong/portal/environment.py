"""Reads what the outside tells the service: its environment, secrets, hosts and databases."""

from __future__ import annotations

import os
from dataclasses import dataclass

from kerong.portal.secrets_file import read_secrets

DEVELOPMENT_KEY = "insecure-development-key-that-production-refuses"
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ENVIRONMENTS = ("development", "demo", "production")
PASSWORD_PROFILES = ("djbh3", "asvs")
TRUE_WORDS = ("1", "true", "yes", "on")


class EnvironmentRefusedError(RuntimeError):
    """The service refuses to start with these settings; the message names each of them and its cure."""


@dataclass(frozen=True)
class Environment:
    """The settings that differ from one installation to the next."""

    name: str
    debug: bool
    secret_key: str
    hosts: list[str]
    trusted_origins: list[str]
    app_address: str | None
    owner_address: str | None
    pool_size_max: int
    password_profile: str = "djbh3"  # noqa: S105 - the name of a set of rules
    proxies: int = 0

    @property
    def is_production(self) -> bool:
        """Tell whether real people's data is at stake."""
        return self.name == "production"


def read_environment() -> Environment:
    """Read KERONG_* and DATABASE_* from the environment; refuse what would be unsafe in production.

    Raises EnvironmentRefusedError listing every problem at once.
    """
    name = os.environ.get("KERONG_ENV", "development")
    hosts = _listed("KERONG_HOSTS")
    environment = Environment(
        name=name,
        debug=os.environ.get("KERONG_DEBUG", "").lower() in TRUE_WORDS,
        secret_key=os.environ.get("KERONG_SECRET_KEY")
        or read_secrets().get("django.secret_key", DEVELOPMENT_KEY),
        hosts=hosts if name == "production" else [*LOOPBACK_HOSTS, *hosts],
        trusted_origins=[f"https://{host}" for host in hosts],
        app_address=os.environ.get("DATABASE_URL"),
        owner_address=os.environ.get("DATABASE_OWNER_URL"),
        pool_size_max=int(os.environ.get("KERONG_DATABASE_POOL", "16")),
        password_profile=os.environ.get("KERONG_PASSWORD_PROFILE", PASSWORD_PROFILES[0]),
        proxies=int(os.environ.get("KERONG_PROXIES", "0")),
    )
    if problems := _problems(environment):
        raise EnvironmentRefusedError("Kerong refuses to start: " + " ".join(problems))
    return environment


def _problems(environment: Environment) -> list[str]:
    problems: list[str] = []
    if environment.name not in ENVIRONMENTS:
        problems.append(f"KERONG_ENV is {environment.name!r}, expected one of {', '.join(ENVIRONMENTS)}.")
    if environment.password_profile not in PASSWORD_PROFILES:
        problems.append(
            f"KERONG_PASSWORD_PROFILE is {environment.password_profile!r}, expected one of "
            f"{', '.join(PASSWORD_PROFILES)}."
        )
    if not environment.is_production:
        return problems
    if environment.debug:
        problems.append("KERONG_DEBUG is on in production: unset it.")
    if environment.secret_key == DEVELOPMENT_KEY or len(environment.secret_key) < 40:  # noqa: PLR2004 - bytes of a real key
        problems.append(
            "There is no real secret key: run `kerong init`, or set KERONG_SECRET_KEY to 50 random "
            "characters."
        )
    if not environment.hosts:
        problems.append(
            "KERONG_HOSTS is empty: list the host names this service answers to, separated by commas."
        )
    if not environment.app_address:
        problems.append("DATABASE_URL is not set: give the address of the application role.")
    elif environment.app_address == environment.owner_address:
        problems.append(
            "DATABASE_URL and DATABASE_OWNER_URL are the same: the service must not own its tables."
        )
    return problems


def _listed(variable: str) -> list[str]:
    return [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]
