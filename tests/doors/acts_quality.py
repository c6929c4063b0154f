"""Acts of quality: concessions by two persons, causes, photos; returns to suppliers."""

from __future__ import annotations

from django.urls import reverse

from assembly.models import Nonconformity
from assembly.operations.concessions import propose_concession as proposed
from assembly.operations.nonconformities import report_nonconformity as reported
from documents.photos import put_photo
from inventory.models import SupplierReturn
from inventory.operations.returns import check_return as checked
from inventory.operations.returns import request_return as requested
from inventory.operations.returns import send_return as sent
from tests.cast import PIN
from tests.doors.act import Act, Acts, Upload, caller, free_unit, pin_check, tray_just_started
from tests.pictures import a_picture


def _a_report() -> Nonconformity:
    return reported(caller=caller("mei"), serial=tray_just_started().unit.name, text="Bent pin")


def _a_proposal() -> Nonconformity:
    report, check = _a_report(), pin_check("tanaka")
    proposed(caller=caller("tanaka"), number=report.number, reason="Slight", pin_check_id=check)
    return report


def add_photos() -> Act:
    report, picture = _a_report(), a_picture()
    return Act(
        "tanaka",
        {"number": report.number, "photos": [put_photo(picture)]},
        (reverse("nonconformity", args=[report.number]), {"act": "photos", "photos": Upload("p.jpg", picture)}),
        {"photos": ["0" * 64]},
        "PhotoMissing",
    )


def propose_concession() -> Act:
    report = _a_report()
    page = reverse("nonconformity", args=[report.number])
    form = {"disposition": "use_as_is", "reason": "Slight", "pin": PIN}
    return Act(
        "tanaka",
        {"number": report.number, "reason": "Slight", "pin_check_id": pin_check("tanaka")},
        (page, form),
        {"reason": " "},
        "ReasonWanted",
    )


def approve_concession() -> Act:
    report, other = _a_proposal(), _a_report()
    page = reverse("nonconformity", args=[report.number])
    return Act(
        "plan",
        {"number": report.number, "pin_check_id": pin_check("plan"), "remarks": ""},
        (page, {"act": "approve", "pin": PIN}),
        {"number": other.number},
        "NoConcession",
    )


def decline_concession() -> Act:
    report = _a_proposal()
    page = reverse("nonconformity", args=[report.number])
    return Act(
        "plan",
        {"number": report.number, "remarks": "Not here", "pin_check_id": pin_check("plan")},
        (page, {"act": "decline", "remarks": "Not here", "pin": PIN}),
        {"remarks": " "},
        "ReasonWanted",
        (page, {"act": "decline", "remarks": " ", "pin": PIN}),
    )


def define_cause() -> Act:
    form = {"code": "NEW-1", "category": "method", "name_ja": "新しい原因", "name_en": "New cause"}
    return Act("plan", dict(form), (reverse("causes"), {**form, "act": "define"}), {"name_ja": " "}, "CauseBlank")


def retire_cause() -> Act:
    page = reverse("causes")
    return Act(
        "tanaka",
        {"code": "MAN-SKIP"},
        (page, {"act": "retire", "code": "MAN-SKIP"}),
        {"code": "NO-SUCH"},
        "UnknownCause",
        (page, {"act": "retire", "code": "NO-SUCH"}),
    )


def request_return() -> Act:
    unit = free_unit().tag
    form = {"unit": unit, "reason": "Dead"}
    return Act(
        "tanaka",
        dict(form),
        (reverse("returns"), form),
        {"unit": "NO-SUCH"},
        "UnknownSerial",
        (reverse("returns"), {**form, "unit": "NO-SUCH"}),
    )


CHECK = {"gaihi": "not_listed", "eccn": "EAR99", "destination": "TW", "basis": "Certificate 12"}


def _a_return(*, is_checked: bool = False, is_sent: bool = False) -> SupplierReturn:
    found = requested(caller=caller("tanaka"), unit=free_unit().tag, reason="Dead")
    if is_checked or is_sent:
        checked(caller=caller("rosa"), number=found.number, **CHECK)  # type: ignore[arg-type]
    if is_sent:
        sent(caller=caller("rosa"), number=found.number, carrier="Akashi")
    return found


def check_return() -> Act:
    found = _a_return()
    page, form = reverse("supplier_return", args=[found.number]), {**CHECK, "act": "check", "licence": ""}
    return Act(
        "rosa",
        {"number": found.number, **CHECK, "licence": ""},
        (page, form),
        {"gaihi": "listed"},
        "LicenceMissing",
        (page, {**form, "gaihi": "listed"}),
    )


def send_return() -> Act:
    found, other = _a_return(is_checked=True), _a_return()
    page = reverse("supplier_return", args=[found.number])
    return Act(
        "rosa",
        {"number": found.number, "carrier": "Akashi", "tracking": "T-1"},
        (page, {"act": "send", "carrier": "Akashi", "tracking": "T-1"}),
        {"number": other.number},
        "TradeCheckMissing",
    )


def settle_return() -> Act:
    found = _a_return(is_sent=True)
    page = reverse("supplier_return", args=[found.number])
    told = {"outcome": "credited", "remarks": "", "location_code": "", "replacement": ""}
    return Act(
        "mei",
        {"number": found.number, **told},
        (page, {"act": "settle", **told}),
        {"outcome": "repaired", "location_code": "NOWHERE"},
        "UnknownLocation",
        (page, {"act": "settle", **told, "outcome": "repaired", "location_code": "NOWHERE"}),
    )


ACTS: Acts = {
    "assembly.add_photos": add_photos,
    "assembly.approve_concession": approve_concession,
    "assembly.decline_concession": decline_concession,
    "assembly.define_cause": define_cause,
    "assembly.propose_concession": propose_concession,
    "assembly.retire_cause": retire_cause,
    "inventory.check_return": check_return,
    "inventory.request_return": request_return,
    "inventory.send_return": send_return,
    "inventory.settle_return": settle_return,
}
