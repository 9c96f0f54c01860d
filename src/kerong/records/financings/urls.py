"""Addresses of the financings."""

from __future__ import annotations

from django.urls import path

from kerong.records.financings import views

app_name = "financings"
urlpatterns = [
    path("financings/", views.financings_page, name="financings"),
    path("financings/export/<str:ending>/", views.export, name="export"),
    path("financings/results/", views.results, name="results"),
    path("financings/results/template/<str:ending>/", views.results_template, name="results_template"),
    path("financings/<uuid:key>/", views.financing_page, name="financing"),
]
