"""Addresses of the notices."""

from __future__ import annotations

from django.urls import path

from kerong.records.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/export.<str:ending>", views.notices_export, name="notices_export"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/preference/", views.preference, name="preference"),
    path("notices/<uuid:notice_id>/", views.one, name="notice"),
]
