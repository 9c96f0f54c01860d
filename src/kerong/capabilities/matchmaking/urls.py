"""Addresses of matchmaking."""

from __future__ import annotations

from django.urls import path

from kerong.capabilities.matchmaking import views

app_name = "matchmaking"
urlpatterns = [
    path("shelf/", views.shelf, name="shelf"),
    path("shelf/compare/", views.shelf_compare, name="shelf_compare"),
    path("shelf/export.<str:ending>", views.shelf_export, name="shelf_export"),
    path("shelf/<str:institution>/<str:product>/", views.shelf_product, name="shelf_product"),
    path("firms/", views.directory, name="firms"),
    path("firms/export.<str:ending>", views.directory_export, name="firms_export"),
    path("firms/<str:uscc>/", views.firm, name="firm"),
    path("firms/<str:uscc>/doors/", views.doors, name="doors"),
    path("firms/<str:uscc>/rules/<str:key>/", views.evaluation, name="evaluation"),
]
