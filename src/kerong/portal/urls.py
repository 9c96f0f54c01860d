"""The front door: every address of the service, one line for each capability."""

from __future__ import annotations

from django.urls import include, path

from kerong.portal import pages
from kerong.portal.health import health

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error

urlpatterns = [
    path("", pages.home, name="home"),
    path("health/", health, name="health"),
    path("language/", include("django.conf.urls.i18n")),
    path("text-size/", pages.text_size, name="text_size"),
    path("", include("kerong.capabilities.policy_library.urls")),
    path("", include("kerong.capabilities.matchmaking.urls")),
]
