"""Addresses of the policy library."""

from __future__ import annotations

from django.urls import path

from kerong.capabilities.policy_library import views

app_name = "policy_library"
urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/<str:key>/", views.rule, name="rule"),
    path("rules/<str:key>/values/<str:parameter>/", views.value, name="value"),
    path("sources/", views.sources, name="sources"),
    path("sources/<str:key>/", views.source, name="source"),
    path("unpublished/", views.unpublished, name="unpublished"),
    path("unpublished/<str:ending>/", views.unpublished_file, name="unpublished_file"),
    path("policy-search/", views.policy_search, name="policy_search"),
    path("comparison/", views.comparisons, name="comparisons"),
    path("comparison/<str:topic>/", views.comparison, name="comparison"),
    path("what-if/", views.what_if, name="what_if"),
]
