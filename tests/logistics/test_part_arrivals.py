"""A shipment arrives in parts: what is there, what is missing and why, each late crate by itself."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from inventory.models import Hold, Placement
from inventory.operations.holds import release_hold
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.checks import departed_crates_are_away, each_fact_has_its_event
from logistics.models import (
    Acceptance,
    Arrival,
    CrateArrival,
    CrateLogger,
    Handover,
    IndicatorReading,
    MissingCrate,
    Shipment,
)
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.operations.arrivals import AlreadyArrived, ArrivalTooEarly, ArrivedInPart
from logistics.operations.conditions import IndicatorsUnread, UnknownIndicator
from logistics.operations.custody import SealSeen, SealUnread
from logistics.operations.handovers import CrateNotOfIt, Handing, hand_over
from logistics.operations.loggers import LoggerSeen, LoggersUnseen, fit_logger
from logistics.operations.milestones import NotDeparted, Report, report_milestone
from logistics.operations.part_arrivals import (
    CrateAbsent,
    CrateUnaccounted,
    LateArriving,
    MissingUnplaced,
    NothingHere,
    NothingMissing,
    NotInPart,
    PartArriving,
    arrive_in_part,
    arrive_late,
)
from logistics.operations.parted_custody import CratesApart
from logistics.operations.receivings import (
    CrateNotHere,
    NotArrived,
    ReceivingFinished,
    finish_receiving,
    receive_crates,
)
from logistics.operations.shipments import UnknownCrate
from logistics.queries.conditions import excursions_of
from logistics.queries.custody import Holder, Link, handover_rows, holder_of_crate
from logistics.queries.custody_sheet import custody_sheet
from logistics.queries.exceptions import exceptions_of
from logistics.queries.lives import rack_lives
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.parted import LEFT, PORT, THERE, crates_of, gone, in_part, late, seen_on
from tests.logistics.road_world import content, read, rows
from tests.logistics.world import CARRIER, HOUR, a_crate, a_shipment, arrived, departed, readings_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipment() -> Shipment:
    a_caller("sora"), a_caller("mei")
    return gone()


def rack_in(crate):
    return Placement.objects.get(host=crate.unit).unit


def life_of(crate):
    (life,) = rack_lives(NOON, [rack_in(crate).pk])
    return life


def test_what_is_there_arrives_and_what_is_missing_stays_on_its_way(shipment: Shipment) -> None:
    one, two, three = crates_of(shipment)

    there = in_part(shipment, seals=[SealSeen("S-1", "intact")])

    assert not there.has_arrived
    dock, truck = shipment.lane.destination.location_id, shipment.vehicle_id
    places = [Placement.objects.get(unit=crate.unit, to_at=None).location_id for crate in (one, two, three)]
    assert places == [dock, dock, truck]
    missing = MissingCrate.objects.get()
    assert (missing.shipment_crate.crate, missing.reason, missing.place, missing.at) == (
        three, "left_behind", PORT, THERE
    )  # fmt: skip
    told = Event.objects.get(kind="logistics.shipment-arrived-in-part").payload
    assert (told["crates"], told["missing"]) == ([one.sscc, two.sscc], [[three.sscc, "left_behind", PORT]])
    assert [life_of(crate).arrived_at for crate in (one, three)] == [THERE, None]
    row = handover_rows(shipment.pk).last()
    assert (row.kind, row.crate_ids, row.giver_name) == ("arrival", [one.pk, two.pk], "九州 次郎")
    assert not Hold.objects.exists()
    assert not [*departed_crates_are_away(), *each_fact_has_its_event()]


def test_the_late_crate_arrives_by_itself_and_the_shipment_with_its_last_one(shipment: Shipment) -> None:
    one, _two, three = crates_of(shipment)
    in_part(shipment)
    receive_crates(caller=a_caller("sora", at=NOON - 5 * HOUR), shipment_id=shipment.pk)

    whole = late(shipment, three, seals=[])

    assert whole.arrival.at == NOON - HOUR
    assert whole.arrival.received_at is None
    assert (life_of(one).received_at, life_of(three).arrived_at) == (NOON - 5 * HOUR, NOON - HOUR)
    first, last = Handover.objects.filter(kind="arrival").order_by("number")
    assert (last.number, last.previous, last.giver, last.giver_name) == (3, 1, first.giver, "港 花子")
    seen = [line for line in custody_sheet(shipment.number).lines if line.record][1:]
    assert [(line.crates, line.unread) for line in seen] == [(2, ("S-1",)), (1, ())]
    assert f"left behind: {PORT} {rack_in(three).name}" in seen[0].remarks
    assert seen[1].remarks == rack_in(three).name
    receive_crates(caller=a_caller("sora", at=NOON), shipment_id=shipment.pk)
    assert Arrival.objects.get().received_at == NOON
    assert (life_of(one).received_at, life_of(three).received_at) == (NOON - 5 * HOUR, NOON)
    assert IndicatorReading.objects.filter(moment="receipt").count() == 6
    assert not [*departed_crates_are_away(), *each_fact_has_its_event()]


def test_racks_that_are_there_are_accepted_and_a_missing_one_waits(shipment: Shipment) -> None:
    one, _two, three = crates_of(shipment)
    in_part(shipment)
    with refused(NotArrived):
        finish_receiving(caller=a_caller("sora"), shipment_id=shipment.pk)
    with refused(CrateNotHere):
        receive_crates(caller=a_caller("sora"), shipment_id=shipment.pk, crates=[three.sscc])
    receive_crates(caller=a_caller("sora", at=NOON - 5 * HOUR), shipment_id=shipment.pk, crates=[one.sscc, one.sscc])
    with refused(ReceivingFinished):
        receive_crates(caller=a_caller("sora"), shipment_id=shipment.pk, crates=[one.sscc])
    verdict = Verdict(shipment.pk, rack_in(one).serial, "accepted", "H1-A01")

    accept_rack(caller=a_caller("sora"), verdict=verdict)

    with refused(CrateNotHere):
        accept_rack(
            caller=a_caller("sora"), verdict=replace(verdict, rack=rack_in(three).serial, position_code="H1-A02")
        )
    late(shipment, three)
    finish_receiving(caller=a_caller("sora"), shipment_id=shipment.pk)  # of the two that are open
    assert CrateArrival.objects.exclude(received_at=None).count() == 3


def test_what_cannot_be_said_of_the_crates_is_refused(shipment: Shipment) -> None:
    one, two, three = crates_of(shipment)
    stranger = a_crate(at=LEFT)
    waiting = a_shipment([stranger], at=NOON - 2 * HOUR)
    left = [CrateAbsent(three.sscc, "left_behind", PORT)]
    right = PartArriving(shipment.pk, [one.sscc, two.sscc], left, seen_on([one, two]))

    def tell(**others):
        arrive_in_part(caller=a_caller("sora"), arriving=replace(right, **others))

    for refusal, wrong in (
        (UnknownCrate, {"here": [one.sscc, "49123456"]}),
        (CrateNotOfIt, {"here": [one.sscc, two.sscc, stranger.sscc]}),
        (CrateUnaccounted, {"here": [one.sscc]}),
        (CrateUnaccounted, {"here": [one.sscc, two.sscc, three.sscc]}),
        (CrateUnaccounted, {"missing": left * 2}),
        (NothingHere, {"here": []}),
        (NothingMissing, {"here": [one.sscc, two.sscc, three.sscc], "missing": []}),
        (MissingUnplaced, {"missing": [CrateAbsent(three.sscc, "left_behind", " ")]}),
        (IndicatorsUnread, {"readings": seen_on([one])}),
        (UnknownIndicator, {"readings": seen_on([one, two, three])}),
        (ArrivalTooEarly, {"occurred_at": LEFT - HOUR}),
        (SealUnread, {"seals": [SealSeen("S-2", "fitted")]}),
        (NotDeparted, {"shipment_id": waiting.pk, "here": [stranger.sscc]}),
    ):
        with refused(refusal):
            tell(**wrong)
    with refused(NotPermitted):
        arrive_in_part(caller=a_caller("rosa"), arriving=right)


def test_a_second_receiver_and_a_doubled_request_change_nothing(shipment: Shipment) -> None:
    one, two, three = crates_of(shipment)
    with refused(NotInPart):
        late(shipment, three)
    right = PartArriving(
        shipment.pk, [one.sscc], [CrateAbsent(two.sscc, "unknown"), CrateAbsent(three.sscc, "other_vehicle")],
        seen_on([one]), THERE,
    )  # fmt: skip
    for _again in range(2):
        arrive_in_part(caller=a_caller("sora", key="k"), arriving=right)

    assert CrateArrival.objects.count() == 1
    assert [hold.unit for hold in Hold.objects.all()] == [rack_in(two)]  # nobody knows where it is
    with refused(ArrivedInPart):
        arrive_in_part(caller=a_caller("sora"), arriving=right)
    with refused(ArrivedInPart):
        arrived(shipment, at=NOON)
    with refused(AlreadyArrived):
        late(shipment, one)
    with refused(ArrivalTooEarly):
        late(shipment, three, at=THERE - HOUR)
    with refused(NothingHere):
        arrive_late(caller=a_caller("sora"), arriving=LateArriving(shipment.pk, []))
    late(shipment, three, at=NOON)
    late(shipment, two, at=NOON, occurred_at=NOON - 3 * HOUR)  # told after the other, came before it
    assert Arrival.objects.get().at == NOON


def test_a_missing_crate_is_an_exception_until_it_comes(shipment: Shipment) -> None:
    three = crates_of(shipment)[2]
    key = f"crate_missing:{shipment.number}:{three.sscc}"
    in_part(shipment)

    def missing():
        return [one.key for one in exceptions_of(shipment.number, NOON) if one.kind == "crate_missing"]

    assert missing() == [key]
    late(shipment, three)
    assert missing() == []


def test_missing_crates_change_hands_apart_and_say_who_held_each(shipment: Shipment) -> None:
    _one, two, three = crates_of(shipment)
    in_part(shipment, here=1)
    handing = Handing(shipment.pk, "CR-HYUGA", "甲", "乙", [SealSeen("S-9", "fitted")], [three.sscc])
    hand_over(caller=a_caller("rosa", at=NOON - 5 * HOUR), handing=handing)

    both = LateArriving(shipment.pk, [two.sscc, three.sscc], seen_on([two, three]))
    apart = []
    for seal, hands in (("S-9", ()), ("S-8", ("CR-HYUGA",))):
        for carrier in hands:
            other = replace(handing, seals=[SealSeen(seal, "fitted")], crates=[two.sscc], to_carrier=carrier)
            hand_over(caller=a_caller("rosa", at=NOON - 5 * HOUR), handing=other)
        with override("en"), refused(CratesApart) as caught:
            arrive_late(caller=a_caller("sora"), arriving=both)
        apart.append(caught.value.say)
    assert ["separately" in say for say in apart] == [False, True]
    back = Handing(shipment.pk, CARRIER, "乙", "甲", [SealSeen("S-8", "intact")], [two.sscc])
    hand_over(caller=a_caller("rosa", at=NOON - 5 * HOUR), handing=back)
    late(shipment, two, at=NOON - 4 * HOUR)
    late(shipment, three, at=NOON - HOUR, seals=[SealSeen("S-9", "broken")])

    came = {row.crates.get().crate: row for row in Handover.objects.filter(kind="arrival", number__gt=2)}
    assert [came[crate].giver for crate in (two, three)] == [f"carrier:{CARRIER}", "carrier:CR-HYUGA"]
    assert [hold.unit for hold in Hold.objects.all()] == [rack_in(three)]  # only what was under that seal


def test_a_crate_that_was_not_counted_at_a_hand_over_stayed_with_who_gave_the_others() -> None:
    a_caller("sora"), a_caller("mei")
    one, two, three = crates = [a_crate(at=LEFT - 24 * HOUR) for _ in range(3)]
    logged = {"crate": three.sscc, "serial": "LG-3", "interval_minutes": 30}
    logger = fit_logger(caller=a_caller("mei", at=LEFT - HOUR), **logged)
    shipment = departed(crates, at=LEFT)
    handing = Handing(shipment.pk, "CR-HYUGA", "甲", "乙", [SealSeen("S-1", "intact")], [one.sscc, two.sscc])
    hand_over(caller=a_caller("rosa", at=LEFT + 5 * HOUR), handing=handing)
    on = replace(handing, to_carrier="CR-NISHI", crates=[])  # under its seal, without the one that was not counted
    hand_over(caller=a_caller("rosa", at=LEFT + 6 * HOUR), handing=on)
    in_part(shipment)
    read(logger, content(rows(LEFT, THERE, {14: ("0.1", "12", "0.4", "1.5", "21.5", "48")}, step=30)))
    sites, first = f"site:{shipment.lane.destination.code}", f"carrier:{CARRIER}"

    chain = [Link(Holder(row.giver, "", ""), Holder(row.taker, "", ""), row) for row in handover_rows(shipment.pk)]
    assert [holder_of_crate(chain, crate.pk).key for crate in (two, three)] == [sites, first]  # type: ignore[union-attr]
    assert [row.holder for row in excursions_of([logger.pk])] == [first]  # type: ignore[attr-defined]
    again = replace(handing, crates=[], seals=[SealSeen("S-9", "fitted")])
    hand_over(caller=a_caller("rosa", at=NOON - 5 * HOUR), handing=replace(again, crates=[three.sscc]))
    row = Handover.objects.get(shipment=shipment, number=5)
    assert (row.previous, row.giver, row.taker) == (1, first, "carrier:CR-HYUGA")
    back = {"to_carrier": CARRIER, "seals": [SealSeen("S-9", "intact")]}
    hand_over(caller=a_caller("rosa", at=NOON - 4 * HOUR), handing=replace(again, **back))  # counts what is left
    assert Event.objects.filter(kind="logistics.custody-handed-over").order_by("-pk")[0].payload["crates"] == [
        three.sscc
    ]


def test_what_nobody_knows_of_is_held_anew_once_the_hold_of_before_is_settled(shipment: Shipment) -> None:
    one, two, three = crates_of(shipment)
    handing = Handing(shipment.pk, "CR-HYUGA", "甲", "乙", [SealSeen("S-1", "intact")], [one.sscc])
    hand_over(caller=a_caller("rosa", at=LEFT + 5 * HOUR), handing=handing)
    seen = Hold.objects.get(unit=rack_in(three))
    release_hold(caller=a_caller("tanaka", at=LEFT + 6 * HOUR), number=seen.number, reason="Seen at the port")

    in_part(shipment, here=1, reason="unknown")

    holds = Hold.objects.filter(released_at=None).order_by("unit_id")
    assert [hold.unit for hold in holds] == [rack_in(two), rack_in(three)]


def test_a_broken_seal_holds_the_racks_that_are_not_here_as_well(shipment: Shipment) -> None:
    in_part(shipment, seals=[SealSeen("S-1", "broken")])

    assert {hold.unit for hold in Hold.objects.all()} == {rack_in(crate) for crate in crates_of(shipment)}


def test_a_shipment_in_parts_ends_after_all_that_is_known_of_it(shipment: Shipment) -> None:
    one, two, three = crates_of(shipment)
    in_part(shipment, here=1)
    where = Report(shipment.pk, "position", NOON - 2 * HOUR, place=PORT)
    report_milestone(caller=a_caller("rosa", at=NOON), report=where)
    late(shipment, two, at=NOON - 3 * HOUR)  # the other one is still away
    with refused(ArrivalTooEarly):
        late(shipment, three, at=NOON - 3 * HOUR)
    late(shipment, three, at=NOON - HOUR)
    receive_crates(caller=a_caller("sora", at=NOON), shipment_id=shipment.pk, crates=[one.sscc])

    finish_receiving(caller=a_caller("sora", at=NOON), shipment_id=shipment.pk, occurred_at=NOON - HOUR)

    assert Arrival.objects.get().received_at == NOON
    assert set(CrateArrival.objects.values_list("received_at", flat=True)) == {NOON, NOON - HOUR}


def test_loggers_of_what_is_there_stop_and_those_of_a_missing_crate_go_on() -> None:
    a_caller("sora"), a_caller("mei")
    crates = [a_crate(at=LEFT - 24 * HOUR) for _ in range(2)]
    for number, crate in enumerate(crates):
        told = {"crate": crate.sscc, "serial": f"LG-{number}", "interval_minutes": 10}
        fit_logger(caller=a_caller("mei", at=LEFT - 20 * HOUR), **told)
    shipment = departed(crates, at=LEFT)
    with refused(LoggersUnseen):
        in_part(shipment, here=1)

    in_part(shipment, here=1, loggers=[LoggerSeen("LG-0", "recording")])

    stops = dict(CrateLogger.objects.values_list("serial", "stopped_at"))
    assert stops == {"LG-0": THERE, "LG-1": None}
    late(shipment, crates[1], loggers=[LoggerSeen("LG-1", "stopped")])
    assert CrateLogger.objects.get(serial="LG-1").stopped_at == NOON - HOUR


def test_whole_arrivals_keep_no_rows_of_parts(shipment: Shipment) -> None:
    arrived(shipment, at=NOON)

    assert len(readings_of(shipment)) == 6
    assert not CrateArrival.objects.exists()
    with refused(AlreadyArrived):
        late(shipment, crates_of(shipment)[0], at=NOON)


def test_the_database_alone_keeps_what_is_missing_from_being_there(shipment: Shipment) -> None:
    other = gone(2)
    two, three = crates_of(shipment)[1:]
    in_part(shipment, here=1)
    facts = {"shipment": shipment, "at": NOON, "event_id": 1}
    for name, write in (
        ("missing_crate_is_not_accepted", lambda: Acceptance.objects.create(
            **facts, unit=rack_in(three), outcome="refused", by=a_caller("sora").user)),
        ("shipment_arrives_with_its_last_crate", lambda: Arrival.objects.create(**facts)),
        ("custody_parts_where_a_crate_was_missing", lambda: _skip(other)),
    ):  # fmt: skip
        with pytest.raises(IntegrityError) as fault, transaction.atomic():
            checked(write)
        assert fault.value.__cause__.diag.constraint_name == name
    late(shipment, two)
    with pytest.raises(IntegrityError, match="shipment_crate_id"), transaction.atomic():
        CrateArrival.objects.create(shipment_crate=two.shipment_crate, at=NOON, event_id=1)


def checked(write: Callable[[], Any]) -> None:
    """What waits for the end of a transaction is judged now."""
    write()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _skip(shipment: Shipment) -> None:
    """A whole shipment's chain goes on from a row before its last one."""
    first = Handover.objects.get(shipment=shipment)
    facts = {
        "shipment": shipment, "kind": "change", "giver": first.taker, "at": first.at, "previous": 1,
        "previous_at": first.at, "recorded_at": NOON, "by": first.by, "event_id": 1,
    }  # fmt: skip
    for number in (2, 3):
        Handover.objects.create(number=number, taker=f"carrier:X{number}", **facts)
