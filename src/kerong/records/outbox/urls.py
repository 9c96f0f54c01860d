"""Addresses of the outbox."""

from __future__ import annotations

from django.urls import path

from kerong.records.outbox import views

app_name = "outbox"

urlpatterns = [
    path("outbox/", views.endpoints, name="endpoints"),
    path("outbox/endpoints/<uuid:key>/", views.endpoint, name="endpoint"),
    path("outbox/endpoints/<uuid:key>/rotate/", views.rotate, name="rotate"),
    path("outbox/endpoints/<uuid:key>/ping/", views.ping, name="ping"),
    path("outbox/endpoints/<uuid:key>/switch/", views.switch, name="switch"),
    path("outbox/deliveries/", views.deliveries, name="deliveries"),
    path("outbox/deliveries/export.<str:ending>", views.deliveries_export, name="deliveries_export"),
    path("outbox/deliveries/<uuid:key>/", views.delivery, name="delivery"),
    path("outbox/deliveries/<uuid:key>/redeliver/", views.redeliver, name="redeliver"),
]
