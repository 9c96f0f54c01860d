"""Addresses of the approvals."""

from __future__ import annotations

from django.urls import path

from kerong.records.approvals import views

app_name = "approvals"

urlpatterns = [
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/export.<str:ending>", views.approvals_export, name="approvals_export"),
    path("approvals/<uuid:approval_id>/", views.approval, name="approval"),
    path("approvals/<uuid:approval_id>/decide/", views.decide, name="decide"),
    path("approvals/<uuid:approval_id>/withdraw/", views.withdraw, name="withdraw"),
]
