"""Acts of accounts: people, stations, sessions."""

from __future__ import annotations

import uuid

from accounts.operations.sessions import start_session as begin
from tests.doors.act import Act, Acts, caller


def start_session() -> Act:
    return Act("mei", {"station_code": "A1"}, wrong={"station_code": "NO"}, refusal="UnknownStation")


def register_station() -> Act:
    names = {"name_ja": "新", "name_en": "New"}
    return Act("admin", {"code": "N1", "kind": "test", **names}, wrong={"kind": "kitchen"}, refusal="UnknownStation")


def end_role() -> Act:
    return Act("admin", {"username": "mei", "role": "line"}, wrong={"role": "admin"}, refusal="RoleNotHeld")


def end_session() -> Act:
    session = begin(caller=caller("mei"), station_code="A1")
    return Act("mei", {"session_id": session.pk}, wrong={"session_id": uuid.uuid4()}, refusal="SessionOver")


def register_person() -> Act:
    names = {"name_ja": "新井 新", "name_en": "Arata Arai", "section": "組立課"}
    return Act(
        "admin",
        {"username": "arata", **names, "roles": ["line"], "badge": "EMP9999"},
        wrong={"roles": ["boss"]},
        refusal="UnknownRole",
    )


def end_demo_history() -> Act:
    return Act("admin", {"told": {"gap": "RK1"}})


ACTS: Acts = {
    "accounts.end_demo_history": end_demo_history,
    "accounts.end_role": end_role,
    "accounts.end_session": end_session,
    "accounts.register_person": register_person,
    "accounts.register_station": register_station,
    "accounts.start_session": start_session,
}
