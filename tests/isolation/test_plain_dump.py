"""What is sensitive stands nowhere in a copy of all tables, as in a stolen dump of the database (LAW-37)."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from kerong.basics.acting import house_actor
from kerong.portal.owner_connection import as_owner
from kerong.records.documents.actions import upload
from kerong.records.evidence.actions import acting
from kerong.records.parties.actions import create_person, request_signature

NUMBER, PHONE, SIGNER_PHONE = "11010519491231002X", "19912345678", "19987654321"
CONTENT = "%PDF-1.4 三号楼抵押合同正文第七条"
OWNER = "enterprise:X9420100DEM000014E"


def dump() -> bytes:
    """Return every row of every table as text, seen by the owner past row security, as pg_dump sees it."""
    found = bytearray()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', relname), relrowsecurity FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        for table, _isolated in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - names of our own tables
            found += "\n".join(row for (row,) in cursor.fetchall()).encode()
    return bytes(found)


@pytest.mark.django_db(transaction=True)
def test_dump_holds_no_sensitive_value() -> None:
    with transaction.atomic(), acting(house_actor("test")):
        person = create_person(name="陈测试（虚构）", number=NUMBER, phone=PHONE, is_demo=True)
        request_signature(
            kind="test", subject=OWNER, signer_name="陈测试（虚构）", signer_phone=SIGNER_PHONE,
            title="测试", text="请签名", reference="",
        )  # fmt: skip
        upload(owner=OWNER, name="合同.pdf", content=CONTENT.encode(), kind="other")
    with as_owner(), transaction.atomic(), acting(house_actor("test")):
        everything = dump()

    assert str(person.id).encode() in everything
    for secret in (NUMBER, PHONE, SIGNER_PHONE, "三号楼抵押合同正文"):
        for spelling in (secret.encode(), secret.encode().hex().encode()):
            assert spelling not in everything, secret
