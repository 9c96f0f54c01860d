"""The front door: every address of the service, one line for each capability."""

from __future__ import annotations

from django.urls import include, path

from kerong.portal import pages, work
from kerong.portal.accounts import step_up
from kerong.portal.health import health

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error

urlpatterns = [
    path("", pages.home, name="home"),
    path("health/", health, name="health"),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("kerong.portal.evidence_pages")),
    path("", include("kerong.portal.system_pages")),
    path("text-size/", pages.text_size, name="text_size"),
    path("accounts/step-up/", step_up.step_up, name="step_up"),
    path("accounts/step-up/done/", step_up.step_up_done, name="step_up_done"),
    path("accounts/", include("allauth.urls")),
    path("work/", work.work, name="work"),
    path("", include("kerong.records.parties.urls")),
    path("", include("kerong.records.documents.urls")),
    path("", include("kerong.records.notices.urls")),
    path("", include("kerong.capabilities.policy_library.urls")),
    path("", include("kerong.capabilities.matchmaking.urls")),
    path("", include("kerong.records.approvals.urls")),
    path("", include("kerong.records.ledger.urls")),
    path("", include("kerong.records.decisions.urls")),
    path("", include("kerong.records.packs.urls")),
    path("", include("kerong.records.facts.urls")),
    path("", include("kerong.records.cases.urls")),
    path("", include("kerong.records.consents.urls")),
    path("", include("kerong.records.financings.urls")),
    path("", include("kerong.records.outbox.urls")),
]
