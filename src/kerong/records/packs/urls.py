"""Addresses of the releases and the drafts."""

from __future__ import annotations

from django.urls import path

from kerong.records.packs import views

app_name = "packs"

urlpatterns = [
    path("releases/", views.releases, name="releases"),
    path("releases/export.<str:ending>", views.releases_export, name="releases_export"),
    path("releases/<int:number>/", views.release, name="release"),
    path("releases/<int:number>/texts/<path:name>", views.release_text, name="release_text"),
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/new/", views.new_draft, name="new_draft"),
    path("drafts/<uuid:draft_id>/", views.draft, name="draft"),
    path("drafts/<uuid:draft_id>/file/", views.draft_file, name="draft_file"),
    path("drafts/<uuid:draft_id>/rebase/", views.rebase, name="rebase"),
    path("drafts/<uuid:draft_id>/submit/", views.submit, name="submit"),
    path("drafts/<uuid:draft_id>/release/", views.put_in_force, name="put_in_force"),
]
