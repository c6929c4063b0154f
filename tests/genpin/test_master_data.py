"""The plant's master data: it counts up to nvl72.md, it loads through the operations, and twice is as once."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Station, User
from assembly.models import BurnInCell, Design, DesignSlot, OperationField, RoutingOperation, TelemetrySeries
from genpin.master import cells, designs, parts, places, routings_rack
from genpin.master.loading import load
from inventory.models import Bom, Location, Part, PartPosition, Supplier
from inventory.models.parts import LEVELS
from ledger.doors import command_caller
from ledger.models import Event

PARTS = {row.number: row for row in parts.PARTS}
DESIGNS = {row.code: row for row in designs.DESIGNS}
BY_PART = {row.part: row for row in designs.DESIGNS}

# domain/nvl72.md section 3.4, by group; GB300 has one BlueField-3 a tray.
GROUPS = {
    "rack, trays, boards, CPUs, GPUs": ("rack", "compute", "switch", "superchip", "cpu", "gpu"),
    "cards": ("io_board", "dpu", "hmc", "pdb"),
    "drives": ("e1s", "m2"),
    "switch chips": ("nvswitch",),
    "BMCs of both trays": ("bmc",),
    "rack parts": ("cartridge", "shelf", "psu", "pmc", "bus_bar", "manifold", "mgmt"),
    "loops": ("loop",),
}
GB200 = {
    "rack, trays, boards, CPUs, GPUs": 172,
    "cards": 126 - 18,
    "drives": 90,
    "switch chips": 18,
    "BMCs of both trays": 18 + 9,
    "rack parts": 73,
    "loops": 36,
}


def kinds_inside(number: str) -> Iterator[str]:
    """The kind of a part and of every serialised unit that is built or born inside it."""
    yield PARTS[number].kind
    if number in BY_PART:
        for slot in BY_PART[number].slots:
            yield from kinds_inside(slot.part)
    for position in PARTS[number].built_in:
        yield from kinds_inside(position.part_number)


@pytest.mark.parametrize(("code", "fewer", "total"), [("D-20", 0, 524), ("D-31", 18, 506)])
def test_a_rack_has_its_core_units(code: str, fewer: int, total: int) -> None:
    kinds = Counter(kinds_inside(DESIGNS[code].part))

    found = {group: sum(kinds[kind] for kind in members) for group, members in GROUPS.items()}

    assert found == {**GB200, "cards": GB200["cards"] - fewer}
    assert kinds.total() == total
    assert (kinds["superchip"], kinds["cpu"], kinds["gpu"], kinds["psu"]) == (36, 36, 72, 48)


def test_a_rack_has_44_slots_whose_map_is_that_of_the_domain() -> None:
    slots = DESIGNS["D-31"].slots

    assert len(slots) == 44
    places_of = {slot.tray_index: (slot.ru, slot.slot_number) for slot in slots if slot.kind == "compute"}
    assert (places_of[0], places_of[7], places_of[8], places_of[17]) == ((11, 1), (18, 8), (28, 18), (37, 27))
    # the pairs that were seen, section 4
    assert (places_of[4][1], places_of[14][1], places_of[15][1]) == (5, 24, 25)
    switches = [slot for slot in slots if slot.kind == "switch"]
    assert [slot.slot_number for slot in switches] == list(range(9, 18))
    assert all(slot.tray_index is None for slot in switches)


def test_no_two_things_on_the_front_share_a_rack_unit() -> None:
    for design in (DESIGNS["D-20"], DESIGNS["D-31"]):
        front = [slot.ru for slot in design.slots if slot.kind in ("compute", "switch", "shelf", "mgmt")]
        assert len(front) == len(set(front)) == 37


def test_what_is_inside_is_of_a_lower_level() -> None:
    for row in parts.PARTS:
        for built in row.built_in:
            assert LEVELS[PARTS[built.part_number].level] < LEVELS[row.level]


def test_stations_stand_where_the_operations_are_done() -> None:
    centres = {operation.work_centre for routing in routings_rack.ROUTINGS for operation in routing.operations}

    assert centres <= {row.work_centre for row in places.STATIONS}


def test_rack_routings_differ_by_their_limits_only() -> None:
    by_code = {routing.code: routing for routing in routings_rack.ROUTINGS}
    codes = [
        [(operation.number, [field.code for field in operation.fields]) for operation in by_code[code].operations]
        for code in ("RT-RACK-GB200", "RT-RACK-GB300")
    ]

    assert codes[0] == codes[1]
    assert [number for number, _fields in codes[0]] == [
        200, 210, 220, 230, 240, 250, 260, 300, 310, 320, 330, 340, 350, 360, 510, 520,
    ]  # fmt: skip


def test_all_cells_can_soak_the_hungriest_rack_at_once() -> None:
    worst = max(designs.RACK_MODELS, key=lambda model: model.kw)
    for feed in cells.FEEDS:
        assert worst.kw * sum(cell.feed == feed.code for cell in cells.CELLS) <= feed.kw
    for loop in cells.LOOPS:
        racks = sum(cell.loop == loop.code for cell in cells.CELLS)
        assert worst.kw * racks <= loop.kw
        assert worst.kw * worst.lpm_per_kw * racks <= loop.lpm


@pytest.mark.django_db
def test_the_data_is_loaded_by_operations() -> None:
    call_command("load_master_data", stdout=StringIO())

    assert Part.objects.count() == len(parts.PARTS)
    assert Supplier.objects.count() == len(places.SUPPLIERS)
    assert Station.objects.count() == 10
    assert set(Station.objects.values_list("code", flat=True)) <= set(Location.objects.values_list("code", flat=True))
    assert BurnInCell.objects.count() == 12
    assert list(TelemetrySeries.objects.values_list("index", flat=True)) == list(range(24))
    assert Design.objects.exclude(released_at=None).count() == len(designs.DESIGNS) == Bom.objects.count()
    assert DesignSlot.objects.filter(design__code="D-31", required=True).count() == 44
    assert RoutingOperation.objects.get(routing__code="RT-RACK-GB300", number=350).soak_minutes == 4320
    assert OperationField.objects.filter(operation__number=250).exclude(unit="").exists()
    born = Counter(PartPosition.objects.values_list("child__kind", "born"))
    assert born["gpu", "reported"] == 4
    assert born["cpu", "receipt"] == 2
    assert born["psu", "reported"] == 6
    assert Event.objects.filter(kind="assembly.design-released").count() == len(designs.DESIGNS)


@pytest.mark.django_db
def test_a_second_load_adds_nothing() -> None:
    user = User.objects.get(username="genpin")
    first = load(command_caller(user, key="first"))
    events = Event.objects.count()

    told = StringIO()
    call_command("load_master_data", stdout=told)

    assert first["parts"] == len(parts.PARTS)
    assert Event.objects.count() == events
    assert told.getvalue().strip() == "Everything is there already."


@pytest.mark.django_db
def test_nobody_may_load_as_a_person_who_is_not_there() -> None:
    with pytest.raises(CommandError):
        call_command("load_master_data", "--as", "nobody")
    assert not Part.objects.exists()
