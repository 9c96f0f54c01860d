"""Releases from before there was evidence are sealed at the upgrade, and what is changed in a text is named."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from kerong.basics.clock import current_clock
from kerong.records.evidence.queries import breaches
from kerong.records.packs.models import Release, ReleaseText
from kerong.records.packs.queries.texts import text_sha256

pytestmark = pytest.mark.usefixtures("house")
NEVER = "这一行从未封存：不是由系统写入的"


def named() -> list[tuple[str, str]]:
    return [(each.place, each.detail) for each in breaches() if each.place.startswith("packs_")]


def test_old_release_is_sealed_once_and_a_damaged_text_is_not() -> None:
    release = Release.objects.create(
        number=1, released_at=current_clock().now(), released_by="以前", document_number="测试〔2026〕1号",
        in_force_from=date(2026, 1, 1), origin="shipped", library_sha256="0" * 64, texts_sha256="0" * 64,
    )  # fmt: skip
    whole, damaged = ReleaseText.objects.bulk_create(
        ReleaseText(release=release, path=path, text="a: 1\n", sha256=digest)
        for path, digest in (("whole.yaml", text_sha256("a: 1\n")), ("damaged.yaml", "0" * 64))
    )

    import_module("kerong.records.packs.migrations.0005_seal_old_releases").seal_old_releases(apps, None)

    assert named() == [(f"packs_releasetext:{damaged.pk}", NEVER)]
    assert whole.pk != damaged.pk
