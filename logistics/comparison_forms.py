"""Shapes: what the pages of the comparison and of scenarios send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from logistics.lead_times.scenarios import default_scenarios
from logistics.queries.comparison import CHOSEN, CompareWish

MONTHS = [("", _("from today")), *[(str(month), str(month)) for month in range(1, 13)]]


class CompareForm(forms.Form):
    """The inputs of the comparison that a person may move; blank means the plant's own figure or the default."""

    racks = forms.IntegerField(label=_("Racks"), min_value=1, max_value=100, required=False)
    need_by_days = forms.IntegerField(
        label=_("Needed within days of kit ready"), min_value=1, max_value=365, required=False
    )
    month = forms.ChoiceField(label=_("Kit ready in month"), choices=MONTHS, required=False)
    inbound_p50 = forms.DecimalField(
        label=_("Domestic inbound P50, days"), min_value=1, max_value=30, decimal_places=1, required=False
    )
    first_pass_yield = forms.IntegerField(label=_("First-pass yield, %"), min_value=10, max_value=100, required=False)
    late_yen = forms.IntegerField(
        label=_("A day late costs, yen a rack"), min_value=1, max_value=100_000_000, required=False
    )
    early_yen = forms.IntegerField(
        label=_("A day early costs, yen a rack"), min_value=1, max_value=100_000_000, required=False
    )
    against = forms.MultipleChoiceField(label=_("Drawn beside domestic"), required=False)

    SLIDERS: ClassVar[dict[str, tuple[str, str, str]]] = {
        "racks": ("1", "40", "1"),
        "need_by_days": ("5", "90", "1"),
        "inbound_p50": ("1", "20", "0.5"),
        "first_pass_yield": ("40", "100", "1"),
        "late_yen": ("50000", "3000000", "50000"),
        "early_yen": ("10000", "600000", "10000"),
    }
    """Ends and step of the slider beside a number field: what managers move; the field takes more."""

    def __init__(self, *args: Any, own: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = get_language() == "en"
        against = self.fields["against"]
        against.widget = forms.CheckboxSelectMultiple()
        built_in = [
            (name, one.title_en if english else one.title_ja)
            for name, one in default_scenarios().items()
            if one.is_overseas
        ]
        against.choices = [*built_in, *own]  # type: ignore[attr-defined]

    def sliders(self) -> list[dict[str, Any]]:
        """The fields that have a slider, each with its ends."""
        return [
            {"field": self[name], "low": low, "high": high, "step": step}
            for name, (low, high, step) in self.SLIDERS.items()
        ]

    def clean_against(self) -> tuple[str, ...]:
        """One to three: four lines are what a chart can carry."""
        names = tuple(self.cleaned_data["against"])
        if len(names) > 3:
            raise forms.ValidationError(_("Choose three at most."))
        return names


def wish_of(form: CompareForm) -> CompareWish:
    """The wish that a form says; what is blank or wrong takes the default (and the form says what is wrong)."""
    form.is_valid()
    given = form.cleaned_data if form.is_bound else {}
    rate, inbound = given.get("first_pass_yield"), given.get("inbound_p50")
    return CompareWish(
        racks=given.get("racks") or CompareWish().racks,
        need_by_days=float(given.get("need_by_days") or CompareWish().need_by_days),
        month=int(given["month"]) if given.get("month") else None,
        inbound_p50=float(inbound) if inbound else None,
        first_pass_yield=rate / 100 if rate else None,
        late_yen=given.get("late_yen") or CompareWish().late_yen,
        early_yen=given.get("early_yen") or CompareWish().early_yen,
        chosen=tuple(given.get("against") or CHOSEN),
    )


GRADE_WORDS = [("C", _("C assumed")), ("B", _("B published")), ("A", _("A measured"))]


class ScenarioForm(forms.Form):
    """A scenario over a base. Each input has its own fields: `p10-KEY`, `p50-KEY`, `p90-KEY` or `value-KEY`, with
    `grade-KEY` and `source-KEY`; blank is as the base has it."""

    name = forms.CharField(label=_("Name"), max_length=24, help_text=_("Short: it stands at the end of its curve"))
    remark = forms.CharField(
        label=_("What it is about"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    switches = forms.MultipleChoiceField(
        label=_("Disruptions"), required=False, widget=forms.CheckboxSelectMultiple(),
        help_text=_("Each brings assumed figures; a figure of your own goes before it"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, inputs: Sequence[tuple[str, str, bool]], switches: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        """`inputs`: the base's inputs in order: key, word, and whether it is a single value."""
        super().__init__(*args, **kwargs)
        self.parts = {key: ("value",) if single else ("p10", "p50", "p90") for key, _word, single in inputs}
        self.fields["switches"].choices = list(switches)  # type: ignore[attr-defined]
        for key, word, _single in inputs:
            for part in self.parts[key]:
                self.fields[f"{part}-{key}"] = _figure(f"{word} {part.upper() if part != 'value' else ''}".strip())
            grade, source = f"{word}: {_('Grade')}", f"{word}: {_('Source')}"
            self.fields[f"grade-{key}"] = forms.ChoiceField(
                label=grade, choices=GRADE_WORDS, required=False, widget=forms.Select({"aria-label": grade})
            )
            self.fields[f"source-{key}"] = forms.CharField(
                label=source, max_length=160, required=False,
                widget=forms.TextInput({"autocomplete": "off", "aria-label": source}),
            )  # fmt: skip

    def given(self) -> list[dict[str, Any]]:
        """What each filled row says: key, grade, source and figures. A row with nothing but a grade says nothing."""
        told, rows = self.cleaned_data, []
        for key, parts in self.parts.items():
            row = {part: told.get(f"{part}-{key}") for part in parts}
            source = str(told.get(f"source-{key}") or "").strip()
            if source or any(figure is not None for figure in row.values()):
                rows.append({"key": key, "grade": told.get(f"grade-{key}") or "C", "source": source, **row})
        return rows


def _figure(label: str) -> forms.DecimalField:
    attrs = {"inputmode": "decimal", "step": "any", "aria-label": label}
    return forms.DecimalField(
        label=label, max_digits=8, decimal_places=3, required=False, widget=forms.NumberInput(attrs)
    )
