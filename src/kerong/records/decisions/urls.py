"""Addresses of the decisions."""

from __future__ import annotations

from django.urls import path

from kerong.records.decisions import views

app_name = "decisions"

urlpatterns = [
    path("decisions/", views.decisions, name="decisions"),
    path("decisions/export.<str:ending>", views.decisions_export, name="decisions_export"),
    path("decisions/<uuid:decision_id>/", views.decision, name="decision"),
    path("decisions/<uuid:decision_id>/record.json", views.record, name="record"),
    path("decisions/<uuid:decision_id>/replay/", views.replay, name="replay"),
    path("decisions/<uuid:decision_id>/ask-review/", views.ask_review, name="ask_review"),
    path("decisions/<uuid:decision_id>/review/", views.give_review, name="give_review"),
    path("firms/<str:uscc>/rules/<str:key>/pre-assess/", views.pre_assess, name="pre_assess"),
]
