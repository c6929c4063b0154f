"""Acts of identity at the bench: badges, devices, the lock, relief; a unit stopped, a record corrected."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.urls import reverse

from accounts.models import Device, OperatorSession
from accounts.operations.devices import token_hash
from accounts.operations.sessions import lock_session as lock
from accounts.operations.sessions import start_session as begin
from assembly.models import OperationRun
from assembly.operations.runs import RecordedValue
from tests.doors.act import Act, Acts, caller, free_unit, pin_check


def issue_badge() -> Act:
    address = reverse("person", args=["mei"])
    return Act(
        "admin",
        {"username": "mei", "scan_text": "H-2231"},
        (address, {"act": "badge", "scan_text": "H-2231"}),
        {"scan_text": "社員証"},
        "BadgeUnreadable",
        (address, {"act": "badge", "scan_text": "社員証"}),
    )


def end_badge() -> Act:
    return Act(
        "admin",
        {"username": "mei", "reason": "Lost"},
        (reverse("person", args=["mei"]), {"act": "badge_end", "reason": "Lost"}),
        {"username": "nobody"},
        "UnknownPerson",
    )


def end_person() -> Act:
    return Act(
        "admin",
        {"username": "kenji", "reason": "Left"},
        (reverse("person", args=["kenji"]), {"act": "leave", "reason": "Left"}),
        {"username": "admin"},
        "OwnAccount",
    )


def set_pin() -> Act:
    return Act(
        "admin",
        {"username": "mei", "pin_hash": make_password("135790")},
        (reverse("person", args=["mei"]), {"act": "pin", "pin": "135790", "again": "135790"}),
        {"username": "nobody"},
        "UnknownPerson",
    )


def register_device() -> Act:
    return Act(
        "admin",
        {"station_code": "A2", "name": "tablet A2-1", "token_hash": token_hash("doors")},
        (reverse("devices"), {"station": "A2", "name": "tablet A2-1"}),
        {"token_hash": "the cookie itself"},
        "DeviceNamed",
    )


def _device() -> Device:
    return Device.objects.filter(revoked_at=None, station__code="A1").order_by("pk")[0]


def revoke_device() -> Act:
    device = _device()
    address = reverse("device_revocation", args=[device.pk])
    return Act(
        "admin",
        {"device_id": device.pk, "reason": "Lost"},
        (address, {"reason": "Lost"}),
        {"device_id": 0},
        "UnknownDevice",
    )


def set_idle_lock() -> Act:
    return Act(
        "admin",
        {"station_code": "A1", "minutes": 5},
        (reverse("idle_lock"), {"station": "A1", "minutes": "5"}),
        {"minutes": 241},
        "IdleOutOfRange",
    )


def _session(who: str = "mei") -> OperatorSession:
    return begin(caller=caller(who), station_code="A1", device_id=_device().pk)


def lock_session() -> Act:
    return Act("mei", {"session_id": _session().pk}, wrong={"session_id": _session("kenji").pk}, refusal="SessionOver")


def unlock_session() -> Act:
    session = _session()
    lock(caller=caller("mei"), session_id=session.pk)
    right = {"session_id": session.pk, "pin_check_id": pin_check("mei")}
    return Act("mei", right, wrong={"pin_check_id": pin_check("kenji")}, refusal="PinNotChecked")


def take_over_session() -> Act:
    right = {"session_id": _session().pk, "pin_check_id": pin_check("kenji")}
    return Act("kenji", right, wrong={"pin_check_id": pin_check("mei")}, refusal="PinNotChecked")


def stop_unit() -> Act:
    return Act(
        "mei",
        {"serial": free_unit().tag, "reason": "Scratch"},
        wrong={"serial": "NO-SUCH"},
        refusal="UnknownSerial",
    )


def amend_run() -> Act:
    """A value of a run that counts, corrected."""
    rows = OperationRun.objects.filter(result="pass", build__origin="plant", measurements__value__isnull=False)
    run = next(
        run
        for run in rows.select_related("operation").order_by("pk").distinct()
        if not OperationRun.objects.filter(
            build=run.build_id, operation=run.operation_id, attempt__gt=run.attempt
        ).exists()
    )
    was = run.measurements.exclude(value=None).select_related("field").order_by("pk")[0]
    told = RecordedValue(was.field.code, f"{(was.value or 0) + (was.value or 1) / 1000:.6f}")
    right = {"run_id": run.pk, "values": [told], "reason": "Misread", "pin_check_id": pin_check("mei")}
    return Act("mei", right, wrong={"reason": " "}, refusal="ReasonWanted")


ACTS: Acts = {
    "accounts.end_badge": end_badge,
    "accounts.end_person": end_person,
    "accounts.issue_badge": issue_badge,
    "accounts.lock_session": lock_session,
    "accounts.register_device": register_device,
    "accounts.revoke_device": revoke_device,
    "accounts.set_idle_lock": set_idle_lock,
    "accounts.set_pin": set_pin,
    "accounts.take_over_session": take_over_session,
    "accounts.unlock_session": unlock_session,
    "assembly.amend_run": amend_run,
    "inventory.stop_unit": stop_unit,
}
