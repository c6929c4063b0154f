"""What a journey is told with: the people and the plant so far, values within limits, a scanner's hands."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from assembly.operations.routing_specs import FieldSpec, OperationSpec
from genpin.master.designs import DESIGNS
from genpin.master.routings_rack import ROUTINGS
from tests.journeys.announced import Announced
from tests.journeys.doors import PASSWORD, PIN, Door, command
from tests.plant import Plant

ORDER = "MO-26-0418"
ROUTING = next(row for row in ROUTINGS if row.code == "RT-RACK-GB200")
TRAY_ROUTING = next(row for row in ROUTINGS if row.code == "RT-CT-GB200")
SWITCH_ROUTING = next(row for row in ROUTINGS if row.code == "RT-ST")
RACK = next(row for row in DESIGNS if row.code == "D-20")
TOOLS = {"torque": "TQ-014", "leak_tester": "LT-03"}
PEOPLE = {
    "mei": ("小林 芽衣", ["line"]),
    "kenji": ("佐藤 健二", ["test"]),
    "tanaka": ("田中 誠", ["quality"]),
    "plan": ("計良 恵", ["planner"]),
    "rosa": ("ロサ", ["logistics"]),
    "sora": ("空野 空", ["site"]),
}


def plain(value: Any) -> Any:
    """A specification as JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def good(field: FieldSpec) -> str:
    """A value within the field's limits."""
    if field.expected:
        return field.expected
    if field.low is not None and field.high is not None:
        return str((field.low + field.high) / 2)
    return str(field.low if field.low is not None else field.high if field.high is not None else 1)


def values_of(operations: Sequence[OperationSpec], number: int) -> list[dict[str, str]]:
    operation = next(op for op in operations if op.number == number)
    tool = TOOLS.get(operation.tool_kinds[0], "") if operation.tool_kinds else ""
    return [{"code": field.code, "text": good(field), "tool": tool} for field in operation.fields]


@dataclasses.dataclass
class Story:
    """What the journey knows so far."""

    plant: Plant
    doors: dict[str, Door]
    parts: Announced
    rack: str = ""
    rack_build: int = 0
    trays: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    switches: list[tuple[int, str]] = dataclasses.field(default_factory=list)

    def traveller(self) -> str:
        return self.doors["mei"].paper("traveller", self.rack)

    def run(self, builds: Sequence[int], number: int, operations: Sequence[OperationSpec], who: str = "mei") -> None:
        """One operation of many builds: started, its values entered and signed, checked by a second person."""
        door = self.doors[who]
        door.do("assembly.start_runs", starts=[{"build_id": pk, "number": number} for pk in builds])
        self.finish(builds, number, operations, who)

    def finish(self, builds: Sequence[int], number: int, operations: Sequence[OperationSpec], who: str = "mei") -> None:
        values = values_of(operations, number)
        self.doors[who].do(
            "assembly.finish_runs",
            finishes=[
                {"build_id": pk, "number": number, "values": values, "pin_check_id": self.doors[who].pin_check}
                for pk in builds
            ],
        )
        if "checked" in next(op for op in operations if op.number == number).signs:
            checker = self.doors["tanaka"]
            checker.do(
                "assembly.sign_runs",
                signs=[
                    {"build_id": pk, "number": number, "meaning": "checked", "pin_check_id": checker.pin_check}
                    for pk in builds
                ],
            )


def set_up(plant: Plant, parts: Announced, without: Sequence[str] = ()) -> Story:
    """The plant as its operator sets it up: master data and an administrator by commands, who registers the people;
    nothing else. Three PINs are checked."""
    people = {name: row for name, row in PEOPLE.items() if name not in without}
    command(plant.environment, "load_master_data")
    secrets = {"password_hash": make_password(PASSWORD), "pin_hash": make_password(PIN)}
    first = {"username": "kanri", "name_ja": "管理 一", "name_en": "Kanri", "roles": ["admin"], **secrets}
    words = ("operate", "accounts.register_person", "--json", "-", "--key", "person-kanri")
    command(plant.environment, *words, stdin=json.dumps(first))
    admin = Door(plant.url, "kanri").sign_in()
    for name, (name_ja, roles) in people.items():
        named = {"username": name, "name_ja": name_ja, "name_en": name.title(), "badge": f"B-{name}"}
        admin.do("accounts.register_person", **named, roles=roles, **secrets)
    doors = {name: Door(plant.url, name).sign_in() for name in people}
    for name in ("mei", "kenji", "tanaka"):
        doors[name].check_pin()
    return Story(plant, doors, parts)


def sign_in(page: Any, story: Story, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{story.plant.url}/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("form[method=post] button[data-kind=primary]")
    page.wait_for_url(lambda url: "/login/" not in url)


def scan(page: Any, text: str) -> None:
    """What a scanner does: types and sends Enter; waits until the answer to it is there.

    A person takes a moment between two scans: the same text within 300 ms is one pull of the trigger (scan.js)."""
    page.wait_for_timeout(350)
    field = page.locator("[data-scan]")
    with page.expect_response(lambda reply: reply.url.endswith("/api/scans/")):
        field.fill(text)
        field.press("Enter")
