"""Forms of the case pages: what a move asks for, notes, pauses, and what the list is narrowed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kerong.records.cases.queries.lists import WHICH
from kerong.records.cases.queries.words import said
from kerong.records.documents.queries import materials_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.basics.acting import Actor
    from kerong.engines.workflows.model import Reason, Transition, Workflow
    from kerong.records.cases.actions import CaseRefusedError

TEXT_MAX = 2_000
NUMBER_MAX = 120


class RefusableForm(forms.Form):
    """A form that can show why an action was refused, at the field where there is one."""

    def refuse(self, refusal: CaseRefusedError) -> None:
        """Put each problem of a refusal at its field, or on top."""
        for field, problem in refusal.problems.items():
            self.add_error(field if field in self.fields else None, problem)


class MoveForm(RefusableForm):
    """What one move asks for: a remark, materials, reasons for the firm and reasons that stay in the institution."""

    seen_events = forms.IntegerField(widget=forms.HiddenInput)
    remark = forms.CharField(
        label=_("说明（各参与方都能看到）"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: Any, *, workflow: Workflow, move: Transition, actor: Actor, seen_events: int
    ) -> None:
        super().__init__(data, initial={"seen_events": seen_events})
        self.move = move
        self.fields["remark"].widget.attrs["required"] = move.remark_required
        for kind in move.needs:
            self._ask_for(workflow.materials[kind], actor)
        listed = workflow.reasons.get(move.reasons)
        if listed is None:
            return
        self.fields["reasons"] = _checkboxes(
            _("告诉对方的原因（对企口径，至少一条）"), listed.for_firm.values()
        )
        if listed.internal and actor.party.startswith("institution:"):
            self.fields["internal_reasons"] = _checkboxes(
                _("行内原因（行内口径，只有本机构能看到）"), listed.internal.values()
            )
            self.fields["internal_note"] = forms.CharField(
                label=_("行内备注（只有本机构能看到）"),
                required=False,
                max_length=TEXT_MAX,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _ask_for(self, material: Reason, actor: Actor) -> None:
        held = list(materials_of(actor.party, kind=material.code)[:20])
        label = said(material)
        if held:
            self.fields[f"held_{material.code}"] = forms.ChoiceField(
                label=(
                    _("%(material)s：从材料库选（选了，本事项的参与方就能看这份材料）")
                    if actor.may("firm.act")
                    else _("%(material)s：从材料库选（选了，参与的政府部门就能看；企业和别的机构看不到）")
                )
                % {"material": label},
                required=False,
                choices=[("", _("不从材料库选")), *((f"document:{one.id}", one.name) for one in held)],
            )
        self.fields[f"evidence_{material.code}"] = forms.CharField(
            label=_("%(material)s：文件名称或编号") % {"material": label},
            required=False,
            max_length=NUMBER_MAX,
        )

    def given(self) -> dict[str, Any]:
        """Return what was filled in, as the move takes it."""
        cleaned = self.cleaned_data
        return {
            "remark": cleaned["remark"],
            "evidence": {
                kind: cleaned.get(f"held_{kind}") or cleaned[f"evidence_{kind}"] for kind in self.move.needs
            },
            "reasons": cleaned.get("reasons", []),
            "internal_reasons": cleaned.get("internal_reasons", []),
            "internal_note": cleaned.get("internal_note", ""),
            "seen_events": cleaned["seen_events"],
        }


class NoteForm(RefusableForm):
    """A note to everybody in the case, or one that stays in the writer's own party."""

    text = forms.CharField(label=_("留言"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2}))
    internal = forms.BooleanField(label=_("只留给本单位看"), required=False)


class PauseForm(RefusableForm):
    """Why the clocks stand still."""

    reason = forms.ChoiceField(label=_("暂停的原因"))
    remark = forms.CharField(label=_("说明"), required=False, max_length=TEXT_MAX)

    def __init__(self, data: Any, *, workflow: Workflow) -> None:
        super().__init__(data)
        self.fields["reason"].choices = [(one.code, said(one)) for one in workflow.pauses.values()]


class ReturnForm(RefusableForm):
    """What came back from outside."""

    source = forms.CharField(label=_("谁回传的"), max_length=60)
    text = forms.CharField(label=_("回传了什么"), max_length=120)


class AssignForm(RefusableForm):
    """Which person of one's own party works on it."""

    user = forms.ChoiceField(label=_("负责人"))

    def __init__(self, data: Any, *, people: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["user"].choices = list(people)


class ListForm(forms.Form):
    """What the list is narrowed to; what is not understood narrows nothing."""

    which = forms.ChoiceField(choices=[(key, key) for key in WHICH], required=False)
    workflow = forms.CharField(max_length=255, required=False)
    q = forms.CharField(max_length=100, required=False)


def _checkboxes(label: Any, reasons: Iterable[Reason]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=[(one.code, said(one)) for one in reasons],
        widget=forms.CheckboxSelectMultiple,
    )
