"""Addresses of the consents."""

from __future__ import annotations

from django.urls import path

from kerong.records.consents import views

app_name = "consents"
urlpatterns = [
    path("consents/", views.consents_page, name="consents"),
    path("consents/export/<str:ending>/", views.export, name="export"),
    path("consents/give/", views.give_consent, name="give"),
    path("consents/ask/", views.ask_consent, name="ask"),
    path("consents/register/", views.register, name="register"),
    path("consents/credit-report/<str:bank>/", views.credit_report, name="credit_report"),
    path("consents/requests/<uuid:key>/", views.answer_request, name="answer"),
    path("consents/requests/<uuid:key>/refuse/", views.refuse_request, name="refuse"),
    path("consents/waiting/<uuid:key>/", views.waiting, name="waiting"),
    path("consents/waiting/<uuid:key>/again/", views.send_again, name="send_again"),
    path("consents/waiting/<uuid:key>/take-back/", views.take_back, name="take_back"),
    path("consents/<uuid:key>/", views.consent_page, name="consent"),
    path("consents/<uuid:key>/withdraw/", views.withdraw_consent, name="withdraw"),
]
