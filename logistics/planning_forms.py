"""Shapes: what the planner's pages of calendars and timetables send, row by row. Rules are in the operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from logistics.operations.calendar_rules import NAME_LIMIT, REASON_LIMIT
from logistics.operations.calendars import CalendarContent, ClosureRow, OpeningRow, WindowRow
from logistics.operations.timetables import CUT_OFF_DAYS, SailingRow, TimetableContent
from logistics.text import WEEKDAYS

ROWS = 100
EMPTY_ROWS = 3
"""Rows to fill below those that are there."""
_DAY = {"type": "date", "class": "input"}
_CLOCK = {"type": "time", "class": "input"}


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M"), input_formats=["%H:%M", "%H:%M:%S"]
    )


def _words(label: Any, limit: int, *, required: bool = True) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input"})
    return forms.CharField(label=label, required=required, max_length=limit, widget=widget)


class RowForm(forms.Form):
    """A row of a draft. One that is left blank counts for nothing; `drop` takes one out."""

    drop = forms.BooleanField(label=_("Take out"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)

    def full_clean(self) -> None:
        """A row whose every field was emptied is taken out, and is no fault."""
        super().full_clean()
        said = [name for name in self.fields if name not in ("drop", "next_day", "cut_off_days")]
        if self.is_bound and not any(self[name].data for name in said):
            self._errors = ErrorDict()
            self.cleaned_data = {"drop": True}

    @property
    def cells(self) -> list[forms.BoundField]:
        """The fields in the order of the columns, the last one takes the row out."""
        names = [name for name in self.fields if name != "drop"]
        return [self[name] for name in (*names, "drop")]

    @property
    def counts(self) -> bool:
        """Whether the row says something that is to be kept."""
        return bool(self.has_changed() or self.initial) and not self.cleaned_data.get("drop")


class DaysForm(RowForm):
    """A row that comes back on weekdays."""

    days = forms.MultipleChoiceField(
        label=_("Weekdays"),
        choices=[(str(number), word) for number, word in enumerate(WEEKDAYS, start=1)],
        widget=forms.CheckboxSelectMultiple,
    )


class WindowForm(DaysForm):
    """Weekly hours."""

    opens = _clock(_("From"))
    closes = _clock(_("Until"))
    next_day = forms.BooleanField(label=_("on the next day"), required=False)
    name = _words(_("Shift or window"), NAME_LIMIT, required=False)


class ClosureForm(RowForm):
    """Days without hours, or without sailings."""

    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))
    reason = _words(_("Reason"), REASON_LIMIT)


class OpeningForm(RowForm):
    """Hours of one day."""

    day = _day(_("Day"))
    opens = _clock(_("From"))
    closes = _clock(_("Until"))
    next_day = forms.BooleanField(label=_("on the next day"), required=False)
    reason = _words(_("Reason"), REASON_LIMIT)


class SailingForm(DaysForm):
    """A weekly departure."""

    departs_at = _clock(_("Departure"))
    cut_off_at = _clock(_("Cut-off"))
    cut_off_days = forms.IntegerField(
        label=_("Days before"), min_value=0, max_value=CUT_OFF_DAYS, initial=0,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )  # fmt: skip


class CalendarForm(forms.Form):
    """Whose calendar, and whether national holidays close it."""

    owner = forms.ChoiceField(label=_("Whose calendar"))
    closes_on_holidays = forms.BooleanField(
        label=_("Closed on national holidays"), required=False, initial=True,
        help_text=_("A special opening below opens one of them."),
    )  # fmt: skip

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]


class TimetableForm(forms.Form):
    """Which leg, from when to when, and where it is from."""

    leg = forms.ChoiceField(label=_("Leg"))
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid to"), required=False)
    grade = forms.ChoiceField(
        label=_("Grade"), choices=[("A", _("A: official")), ("B", _("B: published")), ("C", _("C: assumed"))]
    )
    source = _words(_("Source"), REASON_LIMIT, required=False)

    def __init__(self, *args: Any, legs: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["leg"].choices = legs  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    """Why a draft is right."""

    reason = forms.CharField(
        label=_("Where these times come from"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The notice, the agreement or the decision; it is shown with the calendar."),
    )  # fmt: skip


def _rows_of(kind: type[RowForm]) -> Any:
    return forms.formset_factory(kind, extra=EMPTY_ROWS, max_num=ROWS, absolute_max=ROWS)


WindowForms, ClosureForms, OpeningForms, SailingForms = map(
    _rows_of, (WindowForm, ClosureForm, OpeningForm, SailingForm)
)


def calendar_content(head: dict[str, Any], rows: dict[str, Any]) -> CalendarContent:
    """What the form says, as the operation takes it."""
    return CalendarContent(
        windows=[
            WindowRow(
                days="".join(row["days"]), opens=f"{row['opens']:%H:%M}", closes=f"{row['closes']:%H:%M}",
                next_day=row["next_day"], name=row["name"],
            )
            for row in kept(rows["windows"])
        ],
        closures=closure_rows(rows["closures"]),
        openings=[
            OpeningRow(
                day=row["day"], opens=f"{row['opens']:%H:%M}", closes=f"{row['closes']:%H:%M}",
                next_day=row["next_day"], reason=row["reason"],
            )
            for row in kept(rows["openings"])
        ],
        closes_on_holidays=head["closes_on_holidays"],
    )  # fmt: skip


def timetable_content(head: dict[str, Any], rows: dict[str, Any]) -> TimetableContent:
    """What the form says, as the operation takes it."""
    return TimetableContent(
        valid_from=head["valid_from"],
        valid_to=head["valid_to"],
        grade=head["grade"],
        source=head["source"],
        sailings=[
            SailingRow(
                days="".join(row["days"]), departs_at=f"{row['departs_at']:%H:%M}",
                cut_off_at=f"{row['cut_off_at']:%H:%M}", cut_off_days=row["cut_off_days"],
            )
            for row in kept(rows["sailings"])
        ],
        blanks=closure_rows(rows["blanks"]),
    )  # fmt: skip


def closure_rows(formset: Any) -> list[ClosureRow]:
    """Closures, or blank sailings."""
    return [
        ClosureRow(first_day=row["first_day"], last_day=row["last_day"], reason=row["reason"]) for row in kept(formset)
    ]


def kept(formset: Any) -> list[dict[str, Any]]:
    """The rows of a formset that say something and are not taken out."""
    return [form.cleaned_data for form in formset if form.counts]
