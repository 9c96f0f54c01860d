"""One object of each kind that belongs to somebody: strangers must not see it, nor learn that it exists (SEC-3, SEC-8).

Add a line to SAMPLES: name → a function that makes objects of OWNER or of another owner and returns every address that
shows or changes them. It is called in a transaction with the house acting. The test asks as somebody of another party
in every role: found and unknown must answer alike, 404 or, where the role lacks the duty, 403. It also asks as
``insider``, who must get past that door: a sample whose owner is turned away would prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date

from kerong.adapters.letters import statement_pdf
from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.basics.identity_codes import compose
from kerong.records.approvals import actions as approvals
from kerong.records.cases import actions as cases
from kerong.records.consents import actions as consents
from kerong.records.decisions import actions as decisions
from kerong.records.documents import actions as documents
from kerong.records.evidence.actions import acting
from kerong.records.facts import actions as facts
from kerong.records.financings import actions as financings
from kerong.records.ledger import actions as ledger
from kerong.records.notices import actions as notices
from kerong.records.outbox import actions as outbox
from kerong.records.outbox.models import Delivery
from kerong.records.packs import actions as packs
from kerong.records.packs.queries import base_release, texts_of
from kerong.records.parties.actions import InstitutionLine, add_licence, load_demo_institutions
from kerong.records.parties.models import Enterprise, Membership, Person, User
from kerong.records.parties.queries import actor_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kerong.basics.acting import Actor

OWNER = "enterprise:X9420100DEM000014E"
USCC, OTHER_USCC = "X9420100DEM000014E", compose("X", "9", "420100", "TTT00001")
OWNING_INSTITUTION = "institution:demo_bank_01"
OFFICE = "office:dept_finance"
STRANGERS = {
    "enterprise": "enterprise:X9420100DEM0000229",
    "institution": "institution:demo_bank_02",
    "office": "office:dept_nobody",
    "platform": "platform",
}
NOBODY = "00000000-0000-7000-8000-000000000000"
AGENT, BOSS = ("agent", OWNER), ("legal_representative", OWNER)
MANAGER, ADMIN = ("relationship_manager", OWNING_INSTITUTION), ("institution_admin", OWNING_INSTITUTION)
OFFICER = ("finance_officer", OFFICE)
OPERATOR = ("operator", "platform")
# A change of the law is read and judged by the reviewers and approvers of every office, and by auditors.
JUDGES = frozenset(
    {"finance_reviewer", "finance_approver", "provincial_reviewer", "provincial_approver", "auditor"}
)


@dataclass(frozen=True)
class Sample:
    """Where an object is shown, the same address with an identifier nobody has, and who may see it."""

    route: str
    arguments: dict[str, Any]
    unknown: dict[str, Any]
    method: str = "get"
    insider: tuple[str, str] = AGENT
    # Roles of other parties that see it by duty, such as an auditor; all others must not.
    seen_by: frozenset[str] = field(default_factory=frozenset)
    query: str = ""


def _actor(role: str, party: str) -> Actor:
    """Return somebody of a party, with an account of their own."""
    now = current_clock().now()
    identifier = new_identifier(now)
    someone = Person.objects.create(id=identifier, name="样本人员（虚构）")
    user = User.objects.create(
        username=f"sample-{identifier.hex[-10:]}", display_name=someone.name, person=someone
    )
    mandate = Membership.objects.create(id=new_identifier(now), user=user, party=party, role=role, since=now)
    return actor_for(user, mandate, request="sample", stepped_up_at=now)


def _routes(  # noqa: PLR0913 - what the routes of one object share
    space: str, key: str, value: Any, gets: str, posts: str = "", *, unknown: Any = NOBODY, **more: Any
) -> Iterator[Sample]:
    """Yield a sample for each route of one object: names apart by spaces, those of ``posts`` by POST."""
    for method, names in (("get", gets), ("post", posts)):
        for name in names.split():
            yield Sample(f"{space}:{name}", {key: value}, {key: unknown}, method=method, **more)


def _pdf() -> bytes:
    return statement_pdf("样本（演示）", [("单位", "虚构")], ["说明"], [["没有内容。"]], is_demo=True)


def _licence() -> list[Sample]:
    lines = [InstitutionLine(f"demo_bank_0{i}", f"样例银行{i}（虚构）", "bank", "420100") for i in (1, 2)]
    load_demo_institutions(institutions=lines)
    day = parse_date("2026-01-01")
    assert day is not None
    made = add_licence(
        institution="demo_bank_01", name="金融许可证", number="B0001", issuer="演示机关", valid_from=day
    )
    known = {"key": "demo_bank_01", "licence": made.id}
    return [
        Sample("parties:licence_end", known, known | {"licence": NOBODY}, method="post", insider=ADMIN),
    ]


def _material() -> list[Sample]:
    with acting(_actor(*AGENT)):
        made = documents.upload(owner=OWNER, name="执照（虚构）.pdf", content=_pdf(), kind="business_licence")
        shared = documents.share(document_id=made.id, reader="institution:demo_bank_09")
    found = _routes(
        "documents",
        *(
            "document_id",
            made.id,
            "material material_file",
            "material_replace material_share material_withdraw",
        ),
    )
    known = {"document_id": made.id, "share_id": shared.id}
    end = Sample("documents:material_share_end", known, dict.fromkeys(known, NOBODY), method="post")
    # Withdrawn last: what is withdrawn cannot be shared any more.
    *first, withdraw = found
    return [*first, end, withdraw]


def _letter() -> list[Sample]:
    with acting(_actor(*MANAGER)):
        made = documents.write_letter(
            owner=OWNING_INSTITUTION, recipients=[OWNER], kind="reply", title="样本函", paragraphs=["样本。"]
        )
    return list(_routes("documents", "letter_id", made.id, "letter letter_pdf letter_docx"))


def _notice() -> list[Sample]:
    made = notices.tell(to_party=OWNER, kind="case", title="样本通知")
    return list(_routes("notices", "notice_id", made.id, "notice"))


def _consent() -> list[Sample]:
    until = current_clock().today() + timedelta(days=90)
    what: dict[str, Any] = {
        "subject": OWNER,
        "recipient": OWNING_INSTITUTION,
        "purposes": ["pre_assessment"],
        "data_types": ["tax"],
        "until": until,
    }
    with acting(_actor(*BOSS)):
        given = consents.give(**what)
        waiting, _token = consents.prepare(**what, signer_name="样本（虚构）", signer_phone="19900000000")
    with acting(_actor(*MANAGER)):
        asked = consents.ask(**what | {"purposes": ["credit_approval"]}, why="样本")
    return [
        *_routes(*("consents", "key", given.pk, "consent"), insider=BOSS, seen_by=frozenset({"auditor"})),
        *_routes("consents", "key", given.pk, "", "withdraw", insider=BOSS),
        *_routes("consents", "key", asked.pk, "answer", "refuse", insider=BOSS),
        *_routes("consents", "key", waiting.pk, "waiting", "send_again take_back", insider=BOSS),
    ]


def _financing() -> list[Sample]:
    Enterprise.objects.get_or_create(uscc=USCC, defaults={"name": "样本企业（虚构）", "is_demo": True})
    terms = {"rate_millionths": 34_500, "method": "interest_first", "day_count": "actual/360",
             "months_between": 3, "security": "credit", "purpose": "样本"}  # fmt: skip
    with acting(_actor(*MANAGER)):
        made = financings.agree(
            kind="loan", debtor=OWNER, creditor=OWNING_INSTITUTION, principal=1_000_000, terms=terms,
            reference="SAMPLE-1", agreed_on=date(2026, 1, 5), matures_on=date(2027, 1, 5),
        )  # fmt: skip
    return list(_routes("financings", "key", made.pk, "financing", seen_by=frozenset({"auditor"})))


def _case() -> list[Sample]:
    with acting(_actor(*AGENT)):
        made = cases.open_case(
            workflow="hubei.workflows.loan_application", subject=OWNER, title="样本贷款", owner=OWNER,
            participants={"firm": OWNER, "creditor": OWNING_INSTITUTION},
        )  # fmt: skip
    unknown = "KR1999-000001"
    moved = Sample(
        "cases:move", {"number": made.number, "transition": "take"}, {"number": unknown, "transition": "take"},
        insider=MANAGER,
    )  # fmt: skip
    found = list(
        _routes(
            *("cases", "number", made.number, "case", "note pause resume returned assign"),
            unknown=unknown,
            insider=MANAGER,
        )
    )
    return [*found, moved, replace(moved, method="post")]


def _decision() -> list[Sample]:
    facts.state_facts(
        subject=OWNER, source="tax", as_of=date(2026, 10, 31), values={"tax_credit_grade": "A"}, basis="样本"
    )
    with acting(_actor(*AGENT)):
        made = decisions.pre_assess(subject=OWNER, rule="hubei.credit.talent_loan")
    found = _routes(
        *("decisions", "decision_id", made.id, "decision record replay", "ask_review"),
        seen_by=frozenset({"auditor"}),
    )
    return [*found, *_routes("decisions", "decision_id", made.id, "", "give_review", insider=("", ""))]


def _draft() -> list[Sample]:
    path = "hubei/credit/talent_loan.yaml"
    base = base_release()
    assert base is not None
    with acting(_actor(*OFFICER)):
        version = packs.save_draft(title="样本草稿", texts={path: texts_of(base)[path] + "\n"})
    return [
        *_routes("packs", "draft_id", version.draft_id, "draft", insider=OFFICER, seen_by=JUDGES),
        *_routes("packs", "draft_id", version.draft_id, "", "rebase submit", insider=OFFICER),
        *_routes("packs", "draft_id", version.draft_id, "", "put_in_force", insider=OFFICER, seen_by=JUDGES),
        *(
            replace(each, query=f"?path={path}")
            for each in _routes("packs", "draft_id", version.draft_id, "draft_file", insider=OFFICER)
        ),
    ]


def _approval() -> list[Sample]:
    with acting(_actor(*OFFICER)):
        made = approvals.ask(
            kind="packs.release", subject="draft:sample", what="样本", content_digest=digest({"a": 1})
        )
    return list(
        _routes(
            *("approvals", "approval_id", made.id, "approval", "decide withdraw"),
            insider=OFFICER,
            seen_by=JUDGES,
        )
    )


def _books() -> list[Sample]:
    day = current_clock().today()
    with acting(_actor(*OFFICER)):
        ledger.open_book(key="sample-book", name="样本账本（虚构）", owner=OFFICE)
        for code, kind, is_bank in (("1002", "asset", True), ("2401", "liability", False)):
            ledger.open_account(
                book="sample-book", code=code, name="样本", owner=OFFICE, kind=kind, is_bank=is_bank
            )
        legs = [ledger.debit("1002", 100), ledger.credit("2401", 100)]
        entry = ledger.post(book="sample-book", key="s", legs=legs, happened_on=day, what="样本")
        voucher = ledger.ask_voucher(book="sample-book", legs=legs, happened_on=day, what="样本")
    by_duty: dict[str, Any] = {"insider": OFFICER, "seen_by": frozenset({"auditor"})}
    book = {"book": "sample-book"}
    account = book | {"code": "1002"}
    no_book, no_account = {"book": "none"}, {"book": "none", "code": "1002"}
    ending = {"ending": "csv"}
    return [
        *_routes("ledger", "entry_id", entry.id, "entry", unknown=999_999_999, **by_duty),
        *_routes("ledger", "voucher_id", voucher.id, "voucher", **by_duty),
        *_routes("ledger", "voucher_id", voucher.id, "", "voucher_post", insider=OFFICER),
        *_routes("ledger", "entry_id", entry.id, "", "entry_undo", unknown=999_999_999, insider=OFFICER),
        *_routes("approvals", "approval_id", voucher.approval_ref, "approval", "decide withdraw", **by_duty),
        *_routes("ledger", "book", "sample-book", "book vouchers trial_balance", unknown="none", **by_duty),
        *_routes("ledger", "book", "sample-book", "voucher_new", unknown="none", insider=OFFICER),
        *_routes("ledger", "book", "sample-book", "", "close", unknown="none", insider=OFFICER),
        Sample("ledger:trial_balance_file", book | ending, no_book | ending, **by_duty),
        Sample("ledger:account", account, no_account, **by_duty),
        Sample("ledger:account_file", account | ending, no_account | ending, **by_duty),
        Sample("ledger:reconciliation", account, no_account, **by_duty),
        Sample("ledger:bank_import", account, no_account, method="post", insider=OFFICER),
        Sample("ledger:bank_match", account, no_account, method="post", insider=OFFICER),
    ]


def _endpoint() -> list[Sample]:
    with acting(_actor(*ADMIN)):
        made, _key = outbox.register_endpoint(
            owner=OWNING_INSTITUTION, url="https://hook.bank01.example/in", kinds=["*"], is_demo=True
        )
        outbox.ping(endpoint_id=made.id)
    delivery = Delivery.objects.get(endpoint=made)
    return [
        *_routes("outbox", "key", made.id, "endpoint", "rotate ping switch", insider=ADMIN),
        *_routes("outbox", "key", delivery.id, "delivery", "redeliver", insider=ADMIN),
    ]


def _dossier() -> list[Sample]:
    facts.state_facts(
        subject=OWNER, source="tax", as_of=date(2026, 10, 31), values={"tax_credit_grade": "A"}, basis="样本"
    )
    with acting(_actor(*AGENT)):
        objection = facts.dispute(subject=OWNER, name="tax_credit_grade", reason="样本")
    one, none = {"uscc": USCC}, {"uscc": OTHER_USCC}
    name, ending = {"name": "tax_credit_grade"}, {"ending": "csv"}
    handlers = frozenset({"operator", "provincial_officer", "provincial_reviewer", "provincial_approver"})
    return [
        *(Sample(f"facts:{route}", one, none) for route in ("dossier", "dossier_export", "lookups")),
        Sample("facts:lookups_export", one | ending, none | ending),
        Sample("facts:file_dispute", one | name, none | name),
        Sample("facts:declare", one | name, none | name, method="post"),
        Sample("facts:look", one, none, query="?purpose=credit_approval", insider=("", "")),
        *_routes("facts", "key", objection.id, "dispute", seen_by=handlers),
        *_routes(
            "facts", "key", objection.id, "", "note answer", insider=OPERATOR, seen_by=frozenset({"operator"})
        ),
    ]


SAMPLES: dict[str, Callable[[], list[Sample]]] = {
    "licence of an institution": _licence,
    "material": _material,
    "letter": _letter,
    "notice": _notice,
    "consent": _consent,
    "financing": _financing,
    "case": _case,
    "decision": _decision,
    "draft of the law": _draft,
    "approval": _approval,
    "book": _books,
    "endpoint of the outbox": _endpoint,
    "facts": _dossier,
}
