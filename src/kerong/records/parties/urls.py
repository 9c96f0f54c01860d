"""Addresses of people, mandates, institutions, offices, claims and signatures."""

from __future__ import annotations

from django.urls import path

from kerong.records.parties import views

app_name = "parties"
urlpatterns = [
    path("people/", views.me, name="me"),
    path("mandate/", views.mandate, name="mandate"),
    path("institutions/", views.institution_list, name="institutions"),
    path("institutions/<slug:key>/", views.institution_page, name="institution"),
    path("institutions/<slug:key>/licences/", views.licence_add, name="licence_add"),
    path("institutions/<slug:key>/licences/<uuid:licence>/end/", views.licence_end, name="licence_end"),
    path("institutions/<slug:key>/branches/", views.branch_store, name="branch_add"),
    path("institutions/<slug:key>/branches/<uuid:branch>/", views.branch_store, name="branch"),
    path("offices/", views.office_list, name="offices"),
    path("claim/", views.claims, name="claims"),
    path("claim/new/", views.claim_new, name="claim_new"),
    path("claim/<uuid:claim>/resend/", views.claim_resend, name="claim_resend"),
    path("claim/<uuid:claim>/withdraw/", views.claim_withdraw, name="claim_withdraw"),
    path("sign/<str:token>/", views.sign_read, name="sign"),
    path("sign/<str:token>/confirm/", views.sign_confirm, name="sign_confirm"),
    path("access/", views.access_list, name="access"),
    path("access/grant/", views.access_grant, name="access_grant"),
    path("access/accounts/<uuid:user>/", views.access_account, name="access_account"),
    path("access/accounts/<uuid:user>/switch/", views.access_switch, name="access_switch"),
    path("access/mandates/<uuid:membership>/end/", views.access_end, name="access_end"),
]
