"""end_unit, add_identifier, close_identifier, move_units."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.checks import run_checks
from inventory.models import Identifier, Placement, Unit
from inventory.operations.endings import IdentifierClosed, LabelStays, close_identifier, end_unit
from inventory.operations.finding import UnitEnded, UnknownSerial
from inventory.operations.holds import ReasonMissing
from inventory.operations.placements import UnitInsideHost, move_units
from inventory.operations.units import IdentifierBlank, IdentifierTaken, add_identifier
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import NOON, a_caller
from tests.inventory.unchanged import refused
from tests.world import a_location, a_superchip, a_unit

pytestmark = pytest.mark.django_db


def test_ended_unit_takes_its_contents_with_it() -> None:
    board = a_unit(a_superchip())
    cpu = Placement.objects.get(host=board).unit

    ended = end_unit(caller=a_caller("tanaka"), unit=board.serial, how="scrapped", reason="Dropped")

    assert ended.ended_why == "scrapped: Dropped"
    assert Unit.objects.get(pk=cpu.pk).ended_at is not None
    assert not Placement.objects.open().filter(unit__in=[board, cpu]).exists()
    assert Event.objects.filter(kind="inventory.unit-ended").count() == 2
    assert list(run_checks()) == []
    with refused(UnitEnded):
        end_unit(caller=a_caller("tanaka"), unit=board.tag, how="scrapped", reason="Again")
    with refused(UnitEnded):
        move_units(caller=a_caller("mei"), serials=[board.tag], location_code="RCV-1")


def test_ending_needs_a_reason_a_right_and_a_unit_of_its_own() -> None:
    board = a_unit(a_superchip())
    cpu = Placement.objects.get(host=board).unit
    with refused(ReasonMissing):
        end_unit(caller=a_caller("tanaka"), unit=board.tag, how="returned", reason="")
    with refused(UnitInsideHost):
        end_unit(caller=a_caller("tanaka"), unit=cpu.tag, how="returned", reason="x")
    with refused(UnknownSerial):
        end_unit(caller=a_caller("tanaka"), unit="NOBODY", how="returned", reason="x")
    caller = a_caller("mei")
    with refused(NotPermitted):
        end_unit(caller=caller, unit=board.tag, how="returned", reason="x")


def test_a_mac_goes_to_another_unit_only_after_it_is_closed() -> None:
    first, second = a_unit(), a_unit()
    mac = "58-A2-E1-00-00-01"
    given = add_identifier(caller=a_caller("mei"), unit_id=first.pk, identifier_kind="mac", text=mac)
    assert given.normalised == "58:a2:e1:00:00:01"
    with refused(IdentifierTaken):
        add_identifier(caller=a_caller("mei"), unit_id=second.pk, identifier_kind="mac", text=mac.lower())

    close_identifier(caller=a_caller("mei"), identifier_id=given.pk, reason="Card swapped")

    add_identifier(caller=a_caller("mei"), unit_id=second.pk, identifier_kind="mac", text=mac)
    with refused(IdentifierClosed):
        close_identifier(caller=a_caller("mei"), identifier_id=given.pk, reason="Again")


def test_label_stays_and_sentinels_are_nothing() -> None:
    unit = a_unit()
    label = Identifier.objects.get(unit=unit)
    with refused(LabelStays):
        close_identifier(caller=a_caller("mei"), identifier_id=label.pk, reason="x")
    with refused(ReasonMissing):
        close_identifier(caller=a_caller("mei"), identifier_id=label.pk, reason=" ")
    for text in ("N/A", "00:00:00:00:00:00", "FFFFFFFF", "<<<NOT_SUPPORTED>>>", "  "):
        with refused(IdentifierBlank):
            add_identifier(caller=a_caller("mei"), unit_id=unit.pk, identifier_kind="uuid", text=text)


def test_late_clock_moves_on_and_is_never_refused() -> None:
    unit = a_unit()
    a_location("STORE-1", "store")

    move_units(caller=a_caller("mei", at=NOON - timedelta(minutes=5)), serials=[unit.tag], location_code="STORE-1")

    closed, opened = Placement.objects.filter(unit=unit).order_by("from_at")
    assert closed.to_at == opened.from_at == NOON + timedelta(microseconds=1)


def test_the_walls_keep_units_and_their_history() -> None:
    unit = a_unit()
    for sql in (
        "DELETE FROM inventory_unit",
        "UPDATE inventory_unit SET tag = 'GP00000000X'",
        "DELETE FROM inventory_placement",
        "UPDATE inventory_placement SET from_at = from_at - interval '1 day'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    placement = Placement.objects.get(unit=unit)
    placement.pk = None
    with pytest.raises(IntegrityError, match=r"one_open_placement|never_overlap"), transaction.atomic():
        placement.save(force_insert=True)
