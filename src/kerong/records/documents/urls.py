"""Addresses of the material library, of letters, and of the public check of a code."""

from __future__ import annotations

from django.urls import path

from kerong.records.documents.views import letters, materials, verifying

app_name = "documents"
urlpatterns = [
    path("materials/", materials.library, name="materials"),
    path("materials/export.<str:ending>", materials.library_export, name="materials_export"),
    path("materials/new/", materials.new, name="material_new"),
    path("materials/<uuid:document_id>/", materials.one, name="material"),
    path("materials/<uuid:document_id>/file/", materials.file, name="material_file"),
    path("materials/<uuid:document_id>/replace/", materials.replace, name="material_replace"),
    path("materials/<uuid:document_id>/withdraw/", materials.withdraw, name="material_withdraw"),
    path("materials/<uuid:document_id>/share/", materials.share, name="material_share"),
    path(
        "materials/<uuid:document_id>/share/<uuid:share_id>/end/",
        materials.end_share,
        name="material_share_end",
    ),
    path("letters/", letters.letters, name="letters"),
    path("letters/export.<str:ending>", letters.letters_export, name="letters_export"),
    path("letters/<uuid:letter_id>/", letters.one, name="letter"),
    path("letters/<uuid:letter_id>/pdf/", letters.pdf, name="letter_pdf"),
    path("letters/<uuid:letter_id>/docx/", letters.editable, name="letter_docx"),
    path("verify/", verifying.ask, name="verify"),
    path("verify/<str:code>/", verifying.verify, name="verify_code"),
]
