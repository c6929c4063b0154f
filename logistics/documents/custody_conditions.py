"""What the chain of custody tells of the road: loggers and indicators as fitted and as found, what the loggers' files
are, what went beyond a limit and how it was settled."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reportlab.platypus import Flowable, Table

from documents.paper import Column, list_table, section
from documents.signed import Pen
from documents.words import Words, moment, number


@dataclass(frozen=True)
class Device:
    """A logger or an indicator on a crate. `kind`: logger, shock, tilt; `setting`: what it is set or rated to. The
    state as it was fitted, and as it was found at last: at receipt, or `lost_at` a hand-over or readout; "" while
    nobody has looked."""

    sscc: str
    kind: str
    serial: str
    setting: str
    fitted: str
    found: str
    lost_at: datetime | None
    remarks: str


@dataclass(frozen=True)
class ReadFile:
    """A logger's file that was read, its readings' first and last moment, the revision of the limits that judged it
    ("": those shipped with the program)."""

    serial: str
    name: str
    rows: int
    from_at: datetime
    to_at: datetime
    limits: str
    sha256: str


@dataclass(frozen=True)
class Beyond:
    """A stretch beyond a limit, who held the crate when it began, and its nonconformity: `settled` is its disposition,
    "" while it is open."""

    sscc: str
    measure: Words
    unit: str
    began_at: datetime
    ended_at: datetime
    peak: Decimal
    limit: Decimal
    holder: Words
    nonconformity: str
    settled: str
    settled_at: datetime | None
    settled_by: str


@dataclass(frozen=True)
class RoadRecord:
    """What the devices of a shipment tell."""

    devices: tuple[Device, ...]
    files: tuple[ReadFile, ...]
    beyond: tuple[Beyond, ...]


def road_parts(road: RoadRecord, pen: Pen, *, arrived: bool) -> list[Flowable]:
    """Three parts; what there is none of is said in words."""
    say = pen.say
    return [
        *section(say("devices"), _devices(road, pen, arrived=arrived)),
        *section(say("files"), _files(road, pen), note=say("files_note")),
        *section(say("beyond"), _beyond(road, pen)),
    ]


def standing_of(road: RoadRecord, pen: Pen) -> list[str]:
    """What the state of the record says of it: nothing where all is well."""
    open_ones = sum(not one.settled for one in road.beyond)
    lost = sum(one.found == "missing" for one in road.devices)
    told = [pen.say("beyond_count").format(n=len(road.beyond), open=open_ones)] if road.beyond else []
    return told + ([pen.say("lost_count").format(n=lost)] if lost else [])


def _devices(road: RoadRecord, pen: Pen, *, arrived: bool) -> Table:
    say = pen.say
    columns = [
        Column(say("sscc"), 40), Column(say("device"), 28), Column(say("serial"), 34), Column(say("setting"), 26),
        Column(say("at_departure"), 22), Column(say("at_arrival"), 32),
    ]  # fmt: skip
    rows = [
        [
            one.sscc, say(one.kind), one.serial, one.setting, say(one.fitted) if one.fitted else say("not_looked"),
            "\n".join(filter(None, (_found(one, pen, arrived=arrived), one.remarks))),
        ]
        for one in road.devices
    ]  # fmt: skip
    return list_table(columns, rows, size=7.5)


def _found(one: Device, pen: Pen, *, arrived: bool) -> str:
    if not one.found:
        return pen.say("not_looked" if arrived else "ahead")
    return pen.say(one.found) + (f" {moment(one.lost_at)}" if one.lost_at else "")


def _files(road: RoadRecord, pen: Pen) -> Table:
    say = pen.say
    columns = [
        Column(say("logger"), 22), Column(say("file"), 36), Column(say("readings"), 16, "RIGHT"),
        Column(say("span"), 28), Column(say("limits"), 14), Column("SHA-256", 66),
    ]  # fmt: skip
    rows = [
        [
            one.serial, one.name, number(one.rows), f"{moment(one.from_at)}\n{moment(one.to_at)}",
            one.limits or say("shipped"), f"{one.sha256[:32]}\n{one.sha256[32:]}",
        ]
        for one in road.files
    ]  # fmt: skip
    return list_table(columns, rows or [["", say("no_file"), "", "", "", ""]], size=7.5)


def _beyond(road: RoadRecord, pen: Pen) -> Table:
    say, lang = pen.say, pen.lang
    columns = [
        Column(say("sscc"), 34), Column(say("measure"), 21), Column(say("span"), 26), Column(say("peak"), 26),
        Column(say("holder"), 31), Column(say("nonconformity"), 44),
    ]  # fmt: skip
    rows = [
        [
            one.sscc, one.measure.say(lang), f"{moment(one.began_at)}\n{moment(one.ended_at)}",
            f"{_figure(one.peak)} {one.unit}\n{say('limit')} {_figure(one.limit)} {one.unit}",
            one.holder.say(lang), f"{one.nonconformity}\n{_settled(one, pen)}",
        ]
        for one in road.beyond
    ]  # fmt: skip
    # What no file tells of is not known: the paper must not say that nothing happened.
    return list_table(columns, rows or [["", say("none" if road.files else "not_known"), "", "", "", ""]], size=7.5)


def _settled(one: Beyond, pen: Pen) -> str:
    if not one.settled:
        return pen.say("unsettled")
    return " ".join(filter(None, (pen.say(f"nc_{one.settled}"), moment(one.settled_at), one.settled_by)))


def _figure(value: Decimal) -> str:
    return format(value.normalize(), "f")
