"""Pages of the library: the list, one material with its story, upload, replace, share, take away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.adapters.file_store import ContentAlteredError, ContentGoneError
from kerong.adapters.uploads import SIZE_MAX, TYPES, UploadRefusedError
from kerong.basics import party_reference
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.records.documents import actions, queries
from kerong.records.documents.forms import ShareForm, UploadForm, VersionForm
from kerong.records.documents.views.handing_out import FILE_KINDS, file_answer, gone, table_answer
from kerong.records.parties.queries import institutions, name_of_party, needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

    from kerong.records.documents.models import Document

PAGE = 25
EXPORTED_MAX = 5_000
DUTIES = ("firm.act", "firm.sign", "institution.act", "office.act", "adviser.act", "cases.work")
WRITE_DUTIES = ("firm.act", "institution.act", "office.act")
_LIGHTS = {"valid": "green", "endless": "green", "soon": "yellow", "expired": "red"}


@require_safe
@needs(*DUTIES)
def library(request: HttpRequest) -> HttpResponse:
    """List the party's materials with their lights, and what others let it read."""
    actor = current_actor()
    kind, text = _wanted(request)
    found = queries.materials_of(actor.party, kind=kind, text=text)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lights = [
        queries.validity_of(until)
        for until in queries.materials_of(actor.party).values_list("valid_until", flat=True)
    ]
    return render(
        request,
        "documents/materials.html",
        {
            "section": "work",
            "page": page,
            "lines": [_line(document) for document in page],
            "counts": {name: lights.count(name) for name in ("expired", "soon")} | {"all": len(lights)},
            "shared": [
                (_line(document), name_of_party(document.owner))
                for document in queries.shared_with(actor.party)[:PAGE]
            ],
            "kinds": [(key, str(each.label)) for key, each in queries.KINDS.items()],
            "kind": kind,
            "text": text,
            "query": urlencode({name: value for name, value in (("kind", kind), ("q", text)) if value}),
            "may_write": any(actor.may(duty) for duty in WRITE_DUTIES),
            "synthetic": True,
        },
    )


@require_safe
@needs(*DUTIES)
def library_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    if ending not in FILE_KINDS:
        raise Http404
    kind, text = _wanted(request)
    found = queries.materials_of(current_actor().party, kind=kind, text=text)[:EXPORTED_MAX]
    head = [
        _("种类"),
        _("文件名"),
        _("版本"),
        _("有效期至"),
        _("状态"),
        _("上传时间"),
        _("字节数"),
        "SHA-256",
    ]
    rows = [
        [
            queries.label_of(each.kind),
            each.name,
            each.version,
            each.valid_until.isoformat() if each.valid_until else "",
            str(validity_words(queries.validity_of(each.valid_until))),
            each.uploaded_at.astimezone(current_clock().now().tzinfo).strftime("%Y-%m-%d %H:%M"),
            each.size,
            each.sha256,
        ]
        for each in found
    ]
    return table_answer(ending, name="kerong-materials", title=_("材料库"), head=head, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*WRITE_DUTIES)
def new(request: HttpRequest) -> HttpResponse:
    """Take a new material."""
    form = UploadForm(
        request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "")}
    )
    if request.method == "POST" and form.is_valid():
        taken = form.cleaned_data["file"]
        try:
            stored = actions.upload(
                owner=current_actor().party,
                name=taken.name,
                content=_content(taken),
                declared_type=taken.content_type or "",
                kind=form.cleaned_data["kind"],
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
            )
        except UploadRefusedError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("已存入材料库。以后的申请直接用，不用再传。"))
            return redirect("documents:material", stored.id)
    return render(
        request,
        "documents/material_new.html",
        {"section": "work", "form": form, "kinds": queries.KINDS.values(), **_limits(), "synthetic": True},
        status=422 if form.errors else 200,
    )


@require_safe
@needs(*DUTIES)
def one(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Show one material with its versions, who may read it and who took it away."""
    return _show(request, _found(document_id))


@require_safe
@needs(*DUTIES)
def file(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Hand out one version to be saved."""
    try:
        taken = actions.take(document_id=document_id)
    except (ContentGoneError, ContentAlteredError):
        return gone(request)
    if taken is None:
        raise Http404
    document, content = taken
    return file_answer(content, name=document.name, content_type=document.content_type)


@require_POST
@needs(*WRITE_DUTIES)
def replace(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Take a further version."""
    document = _own(document_id)
    form = VersionForm(request.POST, request.FILES)
    form.kind_key = document.kind
    if form.is_valid():
        taken = form.cleaned_data["file"]
        try:
            stored = actions.replace(
                document_id=document.id,
                name=taken.name,
                content=_content(taken),
                declared_type=taken.content_type or "",
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
            )
        except UploadRefusedError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("已换成新版本，旧版本保留可查。"))
            return redirect("documents:material", stored.id)
    return _show(request, document, version_form=form)


@require_POST
@needs(*WRITE_DUTIES)
def withdraw(request: HttpRequest, document_id: UUID) -> HttpResponseRedirect:
    """Take a material out of the library."""
    actions.withdraw(document_id=_own(document_id).id)
    messages.success(request, _("已从材料库撤下；已经收到的机构不能再看新的内容。"))
    return redirect("documents:materials")


@require_POST
@needs(*WRITE_DUTIES)
def share(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Let an institution read a material."""
    document = _own(document_id)
    form = ShareForm(request.POST, readers=_readers())
    if form.is_valid():
        actions.share(
            document_id=document.id, reader=form.cleaned_data["reader"], until=form.cleaned_data["until"]
        )
        messages.success(request, _("对方现在可以看这份材料；随时可以收回。"))
        return redirect("documents:material", document.id)
    return _show(request, document, share_form=form)


@require_POST
@needs(*WRITE_DUTIES)
def end_share(request: HttpRequest, document_id: UUID, share_id: UUID) -> HttpResponseRedirect:
    """Take back what was shared."""
    document = _own(document_id)
    actions.end_share(share_id=share_id)
    messages.success(request, _("已收回，对方看不到了。"))
    return redirect("documents:material", document.id)


def validity_words(light: queries.Validity) -> str:
    """Say how a material stands."""
    return {"valid": _("有效"), "endless": _("长期"), "soon": _("即将到期"), "expired": _("已过期")}[light]


def _show(
    request: HttpRequest,
    document: Document,
    *,
    version_form: VersionForm | None = None,
    share_form: ShareForm | None = None,
) -> HttpResponse:
    versions = list(queries.versions_of(document))
    newest = versions[0]
    is_own = current_actor().party == document.owner and any(
        current_actor().may(duty) for duty in WRITE_DUTIES
    )
    failed = (version_form and version_form.errors) or (share_form and share_form.errors)
    return render(
        request,
        "documents/material.html",
        {
            "section": "work",
            "document": document,
            "line": _line(document),
            "newest": newest,
            "versions": [_line(each) for each in versions],
            "is_own": is_own,
            "owner_name": name_of_party(document.owner),
            "shares": [(each, name_of_party(each.reader)) for each in queries.shares_of(document)]
            if is_own
            else [],
            "downloads": [(each, name_of_party(each.reader)) for each in _downloads(versions)]
            if is_own
            else [],
            "version_form": version_form or VersionForm(),
            "share_form": share_form or ShareForm(readers=_readers()),
            **_limits(),
            "synthetic": True,
        },
        status=422 if failed else 200,
    )


def _downloads(versions: list[Document]) -> list[object]:
    taken = [each for version in versions for each in queries.downloads_of(version.id)[:PAGE]]
    return sorted(taken, key=lambda each: each.at, reverse=True)[:PAGE]


def _line(document: Document) -> dict[str, object]:
    light = queries.validity_of(document.valid_until)
    return {
        "document": document,
        "kind": queries.label_of(document.kind),
        "light": _LIGHTS[light],
        "words": validity_words(light),
    }


def _wanted(request: HttpRequest) -> tuple[str, str]:
    kind = request.GET.get("kind", "")
    return (kind if kind in queries.KINDS else "", request.GET.get("q", "").replace("\0", "").strip()[:100])


def _found(document_id: UUID) -> Document:
    found = queries.material(document_id)
    if found is None:
        raise Http404
    return found


def _own(document_id: UUID) -> Document:
    found = _found(document_id)
    if found.owner != current_actor().party:
        raise Http404
    return found


def _readers() -> list[tuple[str, str]]:
    mine = current_actor().party
    listed = [(party_reference.institution(each.key), each.name) for each in institutions()]
    return [(reference, name) for reference, name in listed if reference != mine]


def _content(taken: UploadedFile) -> bytes:
    """Read what was sent, one byte beyond the limit at most."""
    return taken.read(SIZE_MAX + 1)


def _limits() -> dict[str, object]:
    return {"size_max": SIZE_MAX // (1024 * 1024), "endings": "、".join(TYPES)}
