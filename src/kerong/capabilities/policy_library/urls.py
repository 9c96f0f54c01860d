"""Addresses of the policy library."""

from __future__ import annotations

from django.urls import path

from kerong.capabilities.policy_library import views

app_name = "policy_library"
urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/<str:key>/", views.rule, name="rule"),
    path("what-if/", views.what_if, name="what_if"),
]
