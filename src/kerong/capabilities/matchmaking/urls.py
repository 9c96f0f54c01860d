"""Addresses of matchmaking."""

from __future__ import annotations

from django.urls import path

from kerong.capabilities.matchmaking import views

app_name = "matchmaking"
urlpatterns = [
    path("", views.firms, name="firms"),
    path("<str:uscc>/", views.firm, name="firm"),
    path("<str:uscc>/rules/<str:key>/", views.evaluation, name="evaluation"),
]
