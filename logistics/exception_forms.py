"""Shapes: what the page of an exception sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

STATE_CHOICES = [
    ("in_hand", _("Being dealt with")),
    ("waiting", _("Waiting for somebody")),
    ("open", _("Not begun")),
]


class CareForm(forms.Form):
    """Who has it, how far it is."""

    owner = forms.ChoiceField(label=_("Owner"))
    state = forms.ChoiceField(label=_("State"), choices=STATE_CHOICES)
    waiting_for = forms.CharField(
        label=_("Waiting for"),
        required=False,
        max_length=200,
        help_text=_("Whose answer or which part: only while it waits"),
    )
    due_on = forms.DateField(
        label=_("Due by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("Remark"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Why nothing more is to be done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class WorkLimitForm(forms.Form):
    """How many racks may stand in a stage."""

    stage = forms.ChoiceField(label=_("Stage"))
    most = forms.IntegerField(
        label=_("Racks at most"), required=False, min_value=1, max_value=9999, help_text=_("Blank lifts the limit")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, stages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
