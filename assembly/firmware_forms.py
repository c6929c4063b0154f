"""The shape of a firmware baseline's draft: a part, and a row for each component. Rules are in the operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from inventory.planning_forms import code_field

SPARE_ROWS, ROWS_LIMIT = 4, 104
RULES = [("one_of", _("one of these")), ("at_least", _("at least"))]


class BaselineForm(forms.Form):
    """The part, and rows: component, rule, versions with | between them. A row without component and version is none.
    `rows`: those that it starts with."""

    part_number = code_field(_("Part number"))

    def __init__(self, data: Any = None, *, rows: Sequence[Mapping[str, str]] = (), initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.count = _count(data) if data is not None else min(len(rows) + SPARE_ROWS, ROWS_LIMIT)
        for number in range(self.count):
            given = rows[number] if number < len(rows) else {}
            for name, field in _row_fields(number).items():
                field.initial = given.get(name)
                field.widget.attrs.update({"class": "input", "aria-label": f"{field.label} {number + 1}"})
                self.fields[f"{name}_{number}"] = field

    def rows(self) -> Iterator[dict[str, Any]]:
        """The bound fields of each row, for the template."""
        for number in range(self.count):
            yield {name: self[f"{name}_{number}"] for name in ("component", "rule", "versions")}

    def needs(self) -> list[dict[str, Any]]:
        """What the rows ask for, as they were written."""
        found = []
        for number in range(self.count):
            told = {name: self.cleaned_data[f"{name}_{number}"] for name in ("component", "rule", "versions")}
            if told["component"] or told["versions"]:
                versions = tuple(text.strip() for text in told["versions"].split("|")) if told["versions"] else ()
                found.append({**told, "versions": versions})
        return found


def _count(data: Mapping[str, Any]) -> int:
    text = str(data.get("rows", ""))
    return min(int(text), ROWS_LIMIT) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _row_fields(number: int) -> dict[str, forms.Field]:
    code = {"lang": "en", "autocomplete": "off", "spellcheck": "false"}
    return {
        "component": forms.CharField(
            label=_("Component"), required=False, max_length=80,
            widget=forms.TextInput(attrs={**code, "list": "components"}),
        ),
        "rule": forms.ChoiceField(label=_("Rule"), choices=RULES, required=False, initial="one_of"),
        "versions": forms.CharField(
            label=_("Required version"), required=False, max_length=1_700, widget=forms.TextInput(attrs=code)
        ),
    }  # fmt: skip


class BaselineReleaseForm(forms.Form):
    """Why a baseline is released."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The bundle, the order or the decision it comes from."),
    )  # fmt: skip


def rule_word(rule: str) -> str:
    """A rule as people read it."""
    return _text("at least") if rule == "at_least" else _text("one of these")
