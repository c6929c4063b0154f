"""Shapes: what the planner's pages of orders, designs, routings, tools and skills send. Rules are in the operations."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from assembly.operations.routing_specs import FieldSpec
from assembly.test_logs.result import FORMATS
from inventory.planning_forms import code_field, day_field

Choices = list[tuple[str, Any]]


def choose(form: forms.Form, **choices: Choices) -> None:
    """Fill in the choices of fields."""
    for name, options in choices.items():
        form.fields[name].choices = options  # type: ignore[attr-defined]


class OrderForm(forms.Form):
    """An order as it may be changed."""

    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=1000, initial=1)
    need_by = day_field(_("Needed by"), required=True)
    start_on = day_field(_("Start on"), help_text=_("Blank: the day it is needed. Shortages count from here."))
    design_code = forms.ChoiceField(
        label=_("Design"), required=False, help_text=_("Without one each build takes what is effective when it starts.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class OrderNewForm(OrderForm):
    """A new order."""

    product = forms.ChoiceField(label=_("Product"))
    number = code_field(_("Order number"), required=False, help_text=_("Blank: the plant numbers it."))
    field_order = ("product", "quantity", "need_by", "start_on", "number", "design_code", "note")


class StartForm(forms.Form):
    """How many builds of an order are started, and where."""

    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=200, initial=1)
    location_code = forms.ChoiceField(label=_("Place"))


class NothingForm(forms.Form):
    """A form that only confirms."""


class ReasonOnlyForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DraftForm(forms.Form):
    """A draft of a design."""

    from_code = forms.ChoiceField(label=_("Begin as a copy of"))
    code = code_field(_("New code"))


class DesignForm(forms.Form):
    """What a draft of a design makes, and by what."""

    part_number = code_field(_("Product"))
    revision = code_field(_("Part revision"))
    routing_code = code_field(_("Routing"))
    routing_revision = code_field(_("Revision of the routing"))
    bom_revision = code_field(
        _("Revision of the bill"), required=False, help_text=_("Blank: the bill that is effective when a build starts.")
    )
    unit_prefix = code_field(_("Serials begin with"), required=False)


class SwapForm(forms.Form):
    """One part for another in all slots."""

    old_part = forms.ChoiceField(label=_("Instead of"))
    new_part = code_field(_("Take the part"))


class SlotForm(forms.Form):
    """A slot of a draft."""

    position = code_field(_("Position"))
    kind = code_field(_("Kind"))
    part = code_field(_("Part number"))
    alternates = code_field(_("Also allowed"), required=False, help_text=_("Part numbers, with commas."))
    ru = forms.IntegerField(label=_("Rack unit"), required=False, min_value=1, max_value=60)
    ru_height = forms.IntegerField(label=_("Height (U)"), min_value=1, max_value=60, initial=1)
    slot_number = forms.IntegerField(label=_("Slot number"), required=False, min_value=0, max_value=999)
    tray_index = forms.IntegerField(label=_("Tray index"), required=False, min_value=0, max_value=999)
    required = forms.BooleanField(label=_("Must be filled"), required=False)


class RoutingDraftForm(forms.Form):
    """A draft of a routing."""

    code = code_field(_("Routing"))
    revision = code_field(_("New revision"))
    from_revision = code_field(_("Begin as a copy of revision"), required=False)


class OperationForm(forms.Form):
    """An operation of a draft. Values to record: one a line."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=9_999)
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"))
    work_centre = code_field(_("Work centre"))
    stage = forms.ChoiceField(label=_("Stage"))
    standard_minutes = forms.IntegerField(label=_("Standard time (min)"), min_value=0, max_value=100_000)
    soak_minutes = forms.IntegerField(label=_("Soak time (min)"), required=False, min_value=1, max_value=100_000)
    slot_kinds = code_field(_("Fills slots of kind"), required=False, help_text=_("With commas."))
    required_tools = code_field(_("Test files of"), required=False, help_text=_("With commas."))
    tool_kinds = forms.MultipleChoiceField(
        label=_("Calibrated tools"), required=False, widget=forms.CheckboxSelectMultiple
    )
    skill = forms.ChoiceField(label=_("Qualification"), required=False)
    signs = forms.MultipleChoiceField(label=_("Signatures"), required=False, widget=forms.CheckboxSelectMultiple)
    fields_text = forms.CharField(
        label=_("Values with limits"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "code", "lang": "en"}),
        help_text=_("One a line: code | name ja | name en | unit | low | high, or text | expected instead of limits."),
    )
    instruction_ja = forms.CharField(
        label=_("Instruction (Japanese)"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    instruction_en = forms.CharField(
        label=_("Instruction (English)"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_fields_text(self) -> list[FieldSpec]:
        """Each line as a value to record."""
        lines = [line.strip() for line in str(self.cleaned_data["fields_text"]).splitlines() if line.strip()]
        return [_field(number, line) for number, line in enumerate(lines, start=1)]


class ReentryForm(forms.Form):
    """What is repeated after a unit came out of a slot of a kind."""

    slot_kind = code_field(_("Kind of slot"), help_text=_("As the slots of the designs name it: compute, superchip."))
    repeats = forms.MultipleChoiceField(label=_("Operations to repeat"), widget=forms.CheckboxSelectMultiple)


def _field(number: int, line: str) -> FieldSpec:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 6 or not all(parts[:3]):
        raise forms.ValidationError(_text("Line %(number)d: six parts are expected.") % {"number": number})
    code, name_ja, name_en, unit, low, high = parts
    if unit == "text":
        return FieldSpec(code, name_ja, name_en, kind="text", expected=low or high)
    try:
        return FieldSpec(code, name_ja, name_en, unit, Decimal(low) if low else None, Decimal(high) if high else None)
    except InvalidOperation:
        raise forms.ValidationError(_text("Line %(number)d: a limit is no number.") % {"number": number}) from None


def field_lines(fields: tuple[FieldSpec, ...]) -> str:
    """The values to record as the form shows them."""
    lines = []
    for one in fields:
        limits = ["text", one.expected, ""] if one.kind == "text" else [one.unit, _number(one.low), _number(one.high)]
        lines.append(" | ".join([one.code, one.name_ja, one.name_en, *limits]))
    return "\n".join(lines)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


class RackModelForm(forms.Form):
    """A rack family."""

    name = forms.CharField(label=_("Name"), max_length=200)
    rack_units = forms.IntegerField(label=_("Rack units"), min_value=1, max_value=60)
    planned_kw = forms.DecimalField(label=_("Planned power (kW)"), max_digits=8, decimal_places=2, localize=False)
    litres_per_minute_per_kw = forms.DecimalField(
        label=_("Coolant (L/min per kW)"), max_digits=6, decimal_places=3, localize=False
    )


class ToolForm(forms.Form):
    """An instrument."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"))
    maker = forms.CharField(label=_("Maker"), required=False, max_length=200)
    serial = code_field(_("Serial"), required=False)
    place = forms.CharField(label=_("Kept at"), required=False, max_length=60)
    calibration_months = forms.IntegerField(
        label=_("Calibrated every (months)"), min_value=1, max_value=120, initial=12
    )


class ToolNewForm(ToolForm):
    """A new instrument."""

    code = code_field(_("Tool number"), help_text=_("As on its label."))
    field_order = ("code",)


class CalibrationForm(forms.Form):
    """A calibration of an instrument."""

    calibrated_on = day_field(_("Calibrated on"), required=True)
    result = forms.ChoiceField(
        label=_("Result"), choices=[("pass", _("pass")), ("fail", _("fail"))], widget=forms.RadioSelect, initial="pass"
    )
    due_on = day_field(_("Due on"), help_text=_("Blank: by the tool's interval."))
    certificate = code_field(_("Certificate"), required=False)
    laboratory = forms.CharField(label=_("Laboratory"), required=False, max_length=200)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class SkillForm(forms.Form):
    """A qualification."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200)
    months_valid = forms.IntegerField(
        label=_("Valid for (months)"), required=False, min_value=1, max_value=600, help_text=_("Blank: without an end.")
    )


class SkillNewForm(SkillForm):
    """A new qualification."""

    code = code_field(_("Code"))
    field_order = ("code",)


class GrantForm(forms.Form):
    """A qualification for a person."""

    username = forms.ChoiceField(label=_("Person"))
    skill_code = forms.ChoiceField(label=_("Qualification"))
    from_on = day_field(_("From"), required=True)
    until_on = day_field(_("Until"), help_text=_("Blank: as long as the qualification lasts."))
    proof = forms.CharField(label=_("Proof"), required=False, max_length=200, help_text=_("Course, certificate number"))


class StationForm(forms.Form):
    """A station."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"))
    work_centre = forms.CharField(
        label=_("Work centres"), required=False, max_length=200, help_text=_("With commas; blank: any.")
    )
    order = forms.IntegerField(label=_("Place in lists"), min_value=0, max_value=999)


class LimitDraftForm(forms.Form):
    """A draft of test limits: whose, of which tool, while which operation runs."""

    part_number = code_field(_("Part number"))
    tool = forms.ChoiceField(label=_("Tool"), choices=[(name, name) for name in sorted(set(FORMATS) - {"auto"})])
    operation_number = forms.IntegerField(
        label=_("Operation"), required=False, min_value=1, max_value=9_999, help_text=_("Blank: any.")
    )


class LimitForm(forms.Form):
    """A limit of a measured name. Numbers in the unit that the tool writes."""

    name = code_field(_("Measurement"), help_text=_("As the reader names it; both ends of the limits are included."))
    low = forms.DecimalField(label=_("Low limit"), required=False, max_digits=15)
    high = forms.DecimalField(label=_("High limit"), required=False, max_digits=15)
    guard = forms.DecimalField(
        max_digits=15, label=_("Guard band"), min_value=0, initial=0,
        help_text=_("A value nearer to a limit than this is not passed without a look."),
    )  # fmt: skip
    unit = forms.CharField(label=_("Unit of measure"), required=False, max_length=20)
    source = forms.CharField(label=_("Source"), required=False, max_length=300)


class LimitReleaseForm(forms.Form):
    """Why limits are released."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The study, the data sheet or the decision they come from."),
    )  # fmt: skip
