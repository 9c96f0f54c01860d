"""Addresses of the cases."""

from __future__ import annotations

from django.urls import path

from kerong.records.cases import views

app_name = "cases"
urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/export.<str:ending>", views.cases_export, name="cases_export"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/do/<str:transition>/", views.move_case, name="move"),
    path("cases/<str:number>/note/", views.note_case, name="note"),
    path("cases/<str:number>/pause/", views.pause_case, name="pause"),
    path("cases/<str:number>/resume/", views.resume_case, name="resume"),
    path("cases/<str:number>/returned/", views.return_case, name="returned"),
    path("cases/<str:number>/assign/", views.assign_case, name="assign"),
]
