"""Consents are shown to the subject and the recipient, made by the subject's side, and never changed."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate

# A consent for all banks is addressed to each of them.
CATEGORY = """EXISTS (
    SELECT 1 FROM parties_institution AS institution
    WHERE {table}.recipient = 'category:' || institution.kind
      AND (SELECT kerong_party()) = 'institution:' || institution.key
)"""
WITH_CONSENT = (
    "EXISTS (SELECT 1 FROM consents_consent AS consent WHERE consent.id = consents_withdrawal.consent_id)"
)
WITH_BASIS = (
    "EXISTS (SELECT 1 FROM consents_legalbasis AS basis WHERE basis.id = consents_basisend.basis_id)"
)
AUDIT = ("audit.read",)

ISOLATED = [
    *isolate("consents_consentrequest", readers="readers"),
    *isolate("consents_unsignedconsent"),
    *isolate(
        "consents_consent", readers="readers", duties=AUDIT, also=CATEGORY.format(table="consents_consent")
    ),
    *isolate("consents_withdrawal", also=WITH_CONSENT),
    *isolate("consents_refusal", readers="readers", duties=AUDIT),
    # What holds for everybody is a public register.
    *isolate("consents_legalbasis", readers="readers", duties=AUDIT, also="owner = 'platform'"),
    *isolate("consents_basisend", also=WITH_BASIS),
]
TABLES = (
    *("consents_consenttext", "consents_consentrequest", "consents_unsignedconsent", "consents_consent"),
    *("consents_withdrawal", "consents_refusal", "consents_legalbasis", "consents_basisend"),
)
OWNERS = [
    "ALTER TABLE consents_withdrawal ADD CONSTRAINT consents_withdrawal_same_owner"
    " FOREIGN KEY (owner, consent_id) REFERENCES consents_consent (owner, id)",
    "ALTER TABLE consents_basisend ADD CONSTRAINT consents_basisend_same_owner"
    " FOREIGN KEY (owner, basis_id) REFERENCES consents_legalbasis (owner, id)",
]


class Migration(migrations.Migration):

    dependencies = [("consents", "0001_initial"), ("evidence", "0002_guards"), ("parties", "0003_directory")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (*OWNERS, *ISOLATED, *(each for table in TABLES for each in append_only(table)))
    ]
