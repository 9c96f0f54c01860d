"""Addresses of the facts."""

from __future__ import annotations

from django.urls import path

from kerong.records.facts import views

app_name = "facts"

urlpatterns = [
    path("facts/", views.start, name="start"),
    path("facts/of/", views.ask, name="ask"),
    path("facts/of/<str:uscc>/", views.look, name="look"),
    path("facts/imports/", views.imports, name="imports"),
    path("facts/imports/<uuid:key>/", views.batch, name="batch"),
    path("facts/disputes/", views.disputes, name="disputes"),
    path("facts/disputes/<uuid:key>/", views.dispute, name="dispute"),
    path("facts/disputes/<uuid:key>/note/", views.note, name="note"),
    path("facts/disputes/<uuid:key>/answer/", views.answer, name="answer"),
    path("facts/<str:uscc>/", views.dossier, name="dossier"),
    path("facts/<str:uscc>/export.json", views.dossier_export, name="dossier_export"),
    path("facts/<str:uscc>/lookups/", views.lookups, name="lookups"),
    path("facts/<str:uscc>/lookups/export.<str:ending>", views.lookups_export, name="lookups_export"),
    path("facts/<str:uscc>/dispute/<str:name>/", views.file_dispute, name="file_dispute"),
    path("facts/<str:uscc>/declare/<str:name>/", views.declare, name="declare"),
]
