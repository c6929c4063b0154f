"""Shapes: what the pages of logistics send."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.words import PLANT_TIME
from inventory.forms import FileForm, TradeCheckForm
from inventory.models import Criterion
from inventory.models.recalls import RECALL_KINDS
from inventory.operations.recalls import tidied
from logistics.models.crates import INDICATOR_STATES

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M"]
AWAITED_WORDS: dict[str, Any] = {"arrival": _("arrival at the dock"), "receiving": _("end of site receiving")}


def moment_input() -> forms.DateTimeInput:
    """A field for a moment in the plant's time."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class DepartureForm(forms.Form):
    """The truck that leaves."""

    truck = forms.CharField(label=_("Truck number"), max_length=60)
    driver = forms.CharField(label=_("Driver"), max_length=60, required=False)
    seal = forms.CharField(label=_("Seal number"), max_length=60, required=False)


class MilestoneForm(forms.Form):
    """Something reported on the way."""

    milestone = forms.ChoiceField(
        label=_("Report"),
        choices=[
            ("leg_departed", _("left the start of a leg")),
            ("leg_arrived", _("reached the end of a leg")),
            ("position", _("position")),
            ("delayed", _("delay")),
        ],
    )
    leg_number = forms.IntegerField(label=_("Leg"), min_value=1, max_value=9, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Happened at"),
        input_formats=MOMENTS,
        widget=moment_input(),
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    expected_at = forms.DateTimeField(
        label=_("Carrier expects the arrival at"),
        input_formats=MOMENTS,
        widget=moment_input(),
        required=False,
    )


MEANING_WORDS: dict[str, Any] = {
    "leg_departed": _("left the start of a leg"),
    "leg_arrived": _("reached the end of a leg"),
    "position": _("position"),
    "delayed": _("delay"),
    "ignore": _("nothing of the way"),
}


class EtaForm(forms.Form):
    """What a carrier or a person expects of a shipment."""

    carrier_code = forms.ChoiceField(label=_("Who says so"), required=False)
    awaited = forms.ChoiceField(label=_("What is expected"), choices=list(AWAITED_WORDS.items()))
    earliest_at = forms.DateTimeField(label=_("Expected at, or earliest"), input_formats=MOMENTS, widget=moment_input())
    latest_at = forms.DateTimeField(
        label=_("Latest"),
        help_text=_("Blank: one moment"),
        input_formats=MOMENTS,
        widget=moment_input(),
        required=False,
    )
    given_at = forms.DateTimeField(
        label=_("Said at"),
        help_text=_("Blank: just now"),
        input_formats=MOMENTS,
        widget=moment_input(),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("A person's word needs it"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, carriers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier_code"].choices = [("", _("I do")), *carriers]  # type: ignore[attr-defined]


class CarrierFileForm(FileForm):
    """A carrier's file of what happened on the way."""

    carrier = forms.ChoiceField(label=_("Carrier"))
    field_order = ("carrier", "file")

    def __init__(self, *args: Any, carriers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].choices = carriers  # type: ignore[attr-defined]


ZONE_WORDS: dict[str, Any] = {
    "Asia/Tokyo": _("Japan (JST)"), "UTC": _("Universal time (UTC)"), "Asia/Taipei": _("Taipei"),
    "America/Chicago": _("Texas"), "America/Mexico_City": _("Mexico"),
}  # fmt: skip


class LoggerFileForm(FileForm):
    """A logger's file."""

    zone = forms.ChoiceField(
        label=_("Clock of the logger"), choices=list(ZONE_WORDS.items()), required=False,
        help_text=_("Where its times name no zone"),
    )  # fmt: skip

    def clean_zone(self) -> str:
        """The plant's where nothing is chosen."""
        return self.cleaned_data["zone"] or "Asia/Tokyo"


class LoggerForm(forms.Form):
    """A logger on a crate."""

    crate = forms.ChoiceField(label=_("Crate"))
    serial = forms.CharField(
        label=_("Serial of the logger"), max_length=60, widget=forms.TextInput(attrs={"lang": "en"})
    )
    interval_minutes = forms.IntegerField(label=_("Records every (minutes)"), min_value=1, max_value=1_440, initial=10)
    model = forms.CharField(label=_("Model"), max_length=60, required=False)
    rating = forms.CharField(label=_("Set to"), max_length=60, required=False, help_text=_("As its display says"))

    def __init__(self, *args: Any, crates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crate"].choices = crates  # type: ignore[attr-defined]


class LoggerLostForm(forms.Form):
    """Why a logger's data are lost."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CarrierWordForm(forms.Form):
    """What a carrier's word means."""

    carrier = forms.ChoiceField(label=_("Carrier"))
    word = forms.CharField(label=_("Word"), max_length=60, help_text=_("As it stands in the carrier's file"))
    meaning = forms.ChoiceField(label=_("Meaning"), choices=list(MEANING_WORDS.items()))

    def __init__(self, *args: Any, carriers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].choices = carriers  # type: ignore[attr-defined]


class WaybillForm(forms.Form):
    """The number under which the carrier knows the shipment."""

    number = forms.CharField(label=_("Waybill number"), max_length=60)


class DoubtForm(forms.Form):
    """A person's word on a carrier's place that may be the other Sendai."""

    milestone_id = forms.TypedChoiceField(label=_("Report"), coerce=int)
    whose = forms.ChoiceField(
        label=_("Which place was it?"),
        choices=[("ours", _("the place of our lane")), ("elsewhere", _("another place: it stays a position"))],
        widget=forms.RadioSelect,
    )
    leg_number = forms.IntegerField(
        label=_("Leg"), min_value=1, max_value=9, required=False,
        help_text=_("Where the carrier reported the start or end of a leg"),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, doubts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone_id"].choices = doubts  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """A shipment to be planned."""

    lane = forms.ChoiceField(label=_("Lane"))
    carrier = forms.ChoiceField(label=_("Carrier"))
    planned_departure_at = forms.DateTimeField(
        label=_("Planned departure"),
        input_formats=MOMENTS,
        widget=moment_input(),
    )
    need_by = forms.DateField(
        label=_("Needed by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    vehicle = forms.ChoiceField(
        label=_("Vehicle"), required=False, help_text=_("Checked at once for load, axles, height and road")
    )
    crates = forms.CharField(
        label=_("Crates (SSCC, one a line)"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    accepted_because = forms.CharField(
        label=_("Why it may go against a calendar"), max_length=300, required=False,
        help_text=_("Only where a gate, a carrier or the site is closed: what was agreed, with whom. It is kept."),
    )  # fmt: skip

    def __init__(self, *args: Any, lanes: list[Any], carriers: list[Any], vehicles: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].choices = vehicles  # type: ignore[attr-defined]
        self.fields["lane"].choices = lanes  # type: ignore[attr-defined]
        self.fields["carrier"].choices = carriers  # type: ignore[attr-defined]


class AcceptanceForm(forms.Form):
    """The site's word about a rack."""

    rack = forms.CharField(label=_("Rack"), max_length=60)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            ("accepted", _("accepted")),
            ("accepted_with_remarks", _("accepted with remarks")),
            ("refused", _("refused")),
        ],
    )
    position_code = forms.CharField(label=_("Position in the hall"), max_length=40, required=False)
    remarks = forms.CharField(
        label=_("Remarks"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


INDICATOR_WORDS: dict[str, Any] = {"intact": _("intact"), "tripped": _("tripped"), "missing": _("missing")}
LOGGER_WORDS: dict[str, Any] = {"recording": _("recording"), "stopped": _("stopped"), "missing": _("missing")}
SEAL_WORDS: dict[str, Any] = {"intact": _("intact"), "broken": _("broken"), "missing": _("missing")}


class FoundForm(forms.Form):
    """How a load is found: a field for each seal that is on it and for each indicator, named by its number."""

    def add_found(
        self, seals: list[str], serials: list[str], loggers: Sequence[str] = (), *, must_read: bool, sealed: bool = True
    ) -> None:
        """The fields; `must_read`: every indicator and logger is read; `sealed`: all is under each of these seals."""
        for number in seals:
            label = _("Seal %(number)s") % {"number": number}
            found = [("", "–"), *SEAL_WORDS.items()]
            self.fields[f"seal-{number}"] = forms.ChoiceField(label=label, choices=found, required=sealed)
        states = [("", "–"), *[(state, INDICATOR_WORDS[state]) for state in INDICATOR_STATES]]
        for serial in serials:
            self.fields[f"indicator-{serial}"] = forms.ChoiceField(label=serial, choices=states, required=must_read)
        for serial in loggers:
            label, known = _("Logger %(serial)s") % {"serial": serial}, [("", "–"), *LOGGER_WORDS.items()]
            self.fields[f"logger-{serial}"] = forms.ChoiceField(label=label, choices=known, required=must_read)

    def readings(self) -> list[tuple[str, str]]:
        """(serial, state) of each indicator that was read."""
        return self._told("indicator-")

    def seals(self) -> list[tuple[str, str]]:
        """(number, state) of each seal that was read."""
        return self._told("seal-")

    def loggers(self) -> list[tuple[str, str]]:
        """(serial, state) of each logger that was looked at."""
        return self._told("logger-")

    def _told(self, stem: str) -> list[tuple[str, str]]:
        told = self.cleaned_data.items()
        return [(name.removeprefix(stem), state) for name, state in told if name.startswith(stem) and state]


class ArrivalForm(FoundForm):
    """The shipment at the dock: who hands it over, every seal and every indicator."""

    handed_by = forms.CharField(label=_("Handed over by (driver)"), max_length=60, required=False)

    def __init__(
        self, *args: Any, seals: list[str], serials: list[str], loggers: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.add_found(seals, serials, loggers, must_read=True)


class HandOverForm(FoundForm):
    """A carrier hands the shipment to the next one."""

    to_carrier = forms.ChoiceField(label=_("Taken over by the carrier"))
    given_by = forms.CharField(label=_("Handed over by (person)"), max_length=60)
    taken_by = forms.CharField(label=_("Taken over by (person)"), max_length=60)
    vehicle = forms.CharField(label=_("Truck number or ship"), max_length=60, required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Happened at"),
        input_formats=MOMENTS,
        widget=moment_input(),
        help_text=_("Blank: just now"),
        required=False,
    )
    crates = forms.CharField(
        label=_("Crates counted (SSCC, one a line)"),
        help_text=_("Blank when the load stays under its seal"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    new_seals = forms.CharField(label=_("Seals newly fitted"), max_length=200, required=False)
    remarks = forms.CharField(
        label=_("Remarks"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, carriers: list[Any], found: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_carrier"].choices = carriers  # type: ignore[attr-defined]
        self.add_found(**found, must_read=False)
        seals = found["seals"]
        self.order_fields(["to_carrier", "given_by", "taken_by", *(f"seal-{number}" for number in seals)])


class ExportCheckForm(TradeCheckForm):
    """The trade-control judgement on a shipment; the country is that of its lane."""

    destination = None  # type: ignore[assignment]


RECALL_NAMES = 60_000
"""Characters of a pasted list: some three thousand serials."""


class RecallForm(forms.Form):
    """What a recall is about. Days are the plant's; the last one counts whole. A list may come as a file instead."""

    kind = forms.ChoiceField(label=_("Recall by"), choices=[])
    names = forms.CharField(
        label=_("Numbers"),
        help_text=_("Lots, serials or tags, supplier, station, tool, user name or version; one a line"),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en", "spellcheck": "false"}),
        max_length=RECALL_NAMES,
        required=False,
    )
    file = forms.FileField(
        label=_("Serials from a file"), help_text=_("CSV, XLSX or text, one in the first column"), required=False
    )
    part = forms.CharField(label=_("Only part number"), max_length=100, required=False)
    from_on = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    to_on = forms.DateField(label=_("To and with"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    as_of = forms.DateTimeField(
        label=_("As of"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ever = forms.BooleanField(label=_("Also where it sat before"), required=False)

    def __init__(self, *args: Any, words: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, (words or {}).get(kind, kind)) for kind in RECALL_KINDS]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def listed(self) -> list[str]:
        """The numbers, each once."""
        found = (line.strip() for line in re.split(r"[\n\r\t,;]+", str(self.cleaned_data["names"])))
        return list(dict.fromkeys(line for line in found if line))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the criterion with normalised names, the instant, and whether earlier places count."""

    criterion: Criterion
    as_of: datetime | None
    ever: bool


def asked_of(form: RecallForm) -> Asked:
    """What a valid form asks. Refuses CriterionBlank, LayoutError."""
    given = form.cleaned_data
    start = _day_begins(given["from_on"]) if given["from_on"] else None
    end = _day_begins(given["to_on"] + timedelta(days=1)) - timedelta(microseconds=1) if given["to_on"] else None
    wish = tidied(Criterion(given["kind"], form.listed(), given["part"].strip(), start, end))
    return Asked(wish, given["as_of"], given["ever"])


def _day_begins(day: date) -> datetime:
    return datetime.combine(day, time(), PLANT_TIME)


class RecallReasonForm(forms.Form):
    """Why everything is held."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
