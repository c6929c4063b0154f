"""Acts of accounts: badges, PINs and leavers, devices at stations and who works at them."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Device, OperatorSession, Station
from accounts.operations.badges import issue_badge as give
from accounts.operations.sessions import lock_session as lock
from tests.accounts.bench_world import a_device, at_bench
from tests.doors.act import Act, Acts, caller, pin_check

NOBODY = {"username": "nobody"}


def _person(name: str = "mei") -> str:
    return reverse("person", args=[name])


def issue_badge() -> Act:
    return Act(
        "admin",
        {"username": "mei", "scan_text": "CARD-0001"},
        (_person(), {"act": "badge", "scan_text": "CARD-0001"}),
        NOBODY,
        "UnknownPerson",
    )


def end_badge() -> Act:
    give(caller=caller("admin"), username="mei", scan_text="CARD-0001")
    return Act(
        "admin",
        {"username": "mei", "reason": "Lost"},
        (_person(), {"act": "badge_end", "reason": "Lost"}),
        NOBODY,
        "UnknownPerson",
    )


def set_pin() -> Act:
    return Act(
        "admin",
        {"username": "mei", "pin_hash": "one$PIN"},
        (_person(), {"act": "pin", "pin": "135790", "again": "135790"}),
        NOBODY,
        "UnknownPerson",
    )


def end_person() -> Act:
    return Act(
        "admin",
        {"username": "mei", "reason": "Moved away"},
        (_person(), {"act": "leave", "reason": "Moved away"}),
        NOBODY,
        "UnknownPerson",
    )


def register_device() -> Act:
    return Act(
        "admin",
        {"station_code": "A1", "name": "tablet A1-9", "token_hash": "a" * 64},
        (reverse("devices"), {"station": "A1", "name": "tablet A1-9"}),
        {"station_code": "NO"},
        "UnknownStation",
    )


def revoke_device() -> Act:
    device = a_device(name="tablet A1-9")
    return Act(
        "admin",
        {"device_id": device.pk, "reason": "Stolen"},
        (reverse("device_revocation", args=[device.pk]), {"reason": "Stolen"}),
        {"device_id": 0},
        "UnknownDevice",
    )


def set_idle_lock() -> Act:
    return Act(
        "admin",
        {"station_code": "A1", "minutes": 7},
        (reverse("idle_lock"), {"station": "A1", "minutes": "7"}),
        {"minutes": 999},
        "IdleOutOfRange",
    )


def _session() -> OperatorSession:
    """Mei at a tablet of A1."""
    device: Device = a_device(name="tablet A1-9", token="the cookie of door tablet")
    return at_bench("mei", "A1", device)


def lock_session() -> Act:
    other = at_bench("kenji", "A2", a_device("A2", name="tablet A2-9"))
    return Act("mei", {"session_id": _session().pk}, wrong={"session_id": other.pk}, refusal="SessionOver")


def unlock_session() -> Act:
    session = _session()
    lock(caller=caller("mei"), session_id=session.pk)
    return Act(
        "mei",
        {"session_id": session.pk, "pin_check_id": pin_check("mei")},
        wrong={"pin_check_id": 0},
        refusal="PinNotChecked",
    )


def take_over_session() -> Act:
    return Act(
        "kenji",
        {"session_id": _session().pk, "pin_check_id": pin_check("kenji")},
        wrong={"pin_check_id": 0},
        refusal="PinNotChecked",
    )


def edit_station() -> Act:
    station = Station.objects.get(code="A1")
    return Act(
        "plan",
        {
            "station_id": station.pk, "version": station.version, "name_ja": "組立 1 号", "name_en": "Assembly One",
            "kind": "assembly", "work_centre": station.work_centre, "order": 3,
        },
        wrong={"version": station.version + 7},
        refusal="StaleEdit",
    )  # fmt: skip


ACTS: Acts = {
    "accounts.edit_station": edit_station,
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
}
