"""An outside log-in by OpenID Connect, when the environment names one."""

from __future__ import annotations

import hashlib
import os
from typing import Any


def outside_accounts() -> dict[str, Any]:
    """Return allauth's table of providers from KERONG_OIDC_ISSUER, _CLIENT_ID, _SECRET and _NAME; empty without them.

    The provider's key is made from the issuer, so that an identity is always issuer and subject together: the same
    subject of another issuer is somebody else.
    """
    issuer, client = os.environ.get("KERONG_OIDC_ISSUER", ""), os.environ.get("KERONG_OIDC_CLIENT_ID", "")
    if not issuer or not client:
        return {}
    app = {
        "provider_id": f"oidc-{hashlib.sha256(issuer.encode()).hexdigest()[:12]}",
        "name": os.environ.get("KERONG_OIDC_NAME", "统一身份认证"),
        "client_id": client,
        "secret": os.environ.get("KERONG_OIDC_SECRET", ""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
