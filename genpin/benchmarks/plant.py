"""A database of the benchmark's own, and a plain plant in it: one tray design with many places, units to fill them.

Constraints, triggers and synchronous_commit are as in production; the user's own database is never touched.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from accounts.models import User
from accounts.operations.people import register_person
from accounts.operations.sessions import register_station
from assembly.models import Build, Slot
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.designs import SlotSpec, release_design
from assembly.operations.routing_specs import OperationSpec
from assembly.operations.routings import release_routing
from assembly.operations.runs import start_run
from documents import files
from genpin.embedded import home, postgres
from genpin.settings import database_entry
from inventory.models import Placement, ShipNotice, Unit
from inventory.operations.locations import LocationRow, define_location
from inventory.operations.parts import PartRow, define_part, define_supplier
from inventory.operations.receiving import receive_notice
from inventory.operations.ship_notices import import_ship_notice
from ledger.callers import PLANT_OFFSET_MINUTES, Caller
from ledger.models import Event

PLACES = 48
"""Places of one build: those of a rack, 45 or so."""


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """Django's connection on a fresh, migrated database; gives its address. It is dropped at the end."""
    name = f"genpin_bench_{secrets.token_hex(4)}"
    with _server() as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as server:
            server.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )
        parts = {key: value for key, value in conninfo_to_dict(conninfo).items() if key != "dbname"}
        url = f"postgresql:///{name}?{urlencode(parts, quote_via=quote)}"
        try:
            with _connected_to(url):
                call_command("migrate", interactive=False, verbosity=0)
                yield url
        finally:
            with psycopg.connect(conninfo, autocommit=True) as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """The server named by DATABASE_URL, else an embedded one in a folder of its own."""
    named = os.environ.get("DATABASE_URL", "")
    if named:
        yield named
        return
    folder = home.make_home(Path(settings.GENPIN_HOME) / "bench")
    with (folder / "postgres.log").open("wb") as log:
        server = postgres.EmbeddedPostgres(folder, output=log)
        if not server.take(60):
            raise home.CannotStart("Another benchmark has been running for a minute.")
        server.start()
        try:
            yield postgres.url(folder, "postgres")
        finally:
            server.stop()


@contextlib.contextmanager
def _connected_to(url: str) -> Iterator[None]:
    wrapper = connections["default"]
    before = dict(wrapper.settings_dict)
    _leave()
    wrapper.settings_dict.update(database_entry(url))
    try:
        yield
    finally:
        _leave()
        wrapper.settings_dict.update(before)


def _leave() -> None:
    wrapper = connections["default"]
    wrapper.close()
    if wrapper.alias in wrapper._connection_pools:  # type: ignore[attr-defined]
        wrapper.close_pool()  # type: ignore[attr-defined]


@dataclass
class Bench:
    """Who works, and which places and serials are still free."""

    user: User
    slots: list[int] = field(default_factory=list)
    serials: list[str] = field(default_factory=list)
    builds: int = 0

    def caller(self, key: str = "") -> Caller:
        """A call of now."""
        at = timezone.now()
        return Caller(
            user=self.user, station="BENCH", at=at, happened_at=at, utc_offset=PLANT_OFFSET_MINUTES, door="scan",
            key=key or uuid.uuid4().hex,
        )  # fmt: skip

    def take(self) -> tuple[int, str]:
        """A free place and a unit for it; more are made when none is left."""
        if not self.slots:
            self.grow()
        return self.slots.pop(), self.serials.pop()

    def grow(self, trays: int = 1) -> None:
        """More trays with empty places, and as many received units."""
        for _turn in range(trays):
            build = start_build(caller=self.caller(), start=BuildStart("BENCH", location_code="BENCH"))
            start_run(caller=self.caller(), build_id=build.pk, number=10)
            self.builds += 1
            self.slots = [
                *Slot.objects.filter(build=build).order_by("-order").values_list("pk", flat=True),
                *self.slots,
            ]
        fresh = [f"BN{uuid.uuid4().hex[:12].upper()}" for _turn in range(trays * PLACES)]
        _receive(self, fresh)
        self.serials = [*fresh, *self.serials]


def a_bench(trays: int = 1) -> Bench:
    """The plain plant: a part, a tray of PLACES of it, one operation that fills them, a receiving place."""
    _number_far_apart()
    system = User.objects.get(username="genpin")
    bench = Bench(system)
    bench.user = register_person(
        caller=bench.caller(), username=f"bench-{uuid.uuid4().hex[:6]}", name_ja="測定", name_en="Bench",
        roles=["admin"],
    )  # fmt: skip
    caller = bench.caller
    define_supplier(caller=caller(), code="BENCH", name="Bench")
    define_location(caller=caller(), location=LocationRow(code="BENCH", name_ja="測定台", name_en="Bench", kind="line"))
    register_station(caller=caller(), code="BENCH", name_ja="測定台", name_en="Bench", kind="assembly")
    for number, kind, level in (("B-UNIT", "drive", "board"), ("B-TRAY", "tray", "tray")):
        define_part(
            caller=caller(),
            part=PartRow(number=number, revision="A", name_ja="部品", name_en="Part", kind=kind, level=level),
        )
    release_routing(caller=caller(), code="BENCH", revision="A", operations=[_FILLING], reentry=[])
    release_design(
        caller=caller(),
        code="BENCH",
        kind="tray",
        part_number="B-TRAY",
        revision="A",
        routing_code="BENCH",
        routing_revision="A",
        rack_model="",
        unit_prefix="BT",
        slots=[SlotSpec(f"drive_{n:03d}", "drive", "B-UNIT") for n in range(PLACES)],
    )
    bench.grow(trays)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return bench


def size() -> dict[str, int]:
    """How large the dataset is now."""
    models = (Unit, Placement, Slot, Build, Event)
    return {model.__name__.lower() + "s": model.objects.count() for model in models}  # type: ignore[attr-defined]


def _number_far_apart() -> None:
    """Keys of different tables are never the same number: a recorded statement can be read."""
    with connection.cursor() as cursor:
        for place, table in enumerate(("ledger_event", "inventory_placement", "inventory_unit", "assembly_slot")):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [(1 + place) * 100_000_000])


_FILLING = OperationSpec(
    number=10, name_ja="組付け", name_en="Fitting", kind="assemble", work_centre="TRAY", stage="tray_build",
    standard_minutes=10, slot_kinds=("drive",),
)  # fmt: skip


def _receive(bench: Bench, serials: list[str]) -> None:
    number = uuid.uuid4().hex[:12]
    moment = datetime.now(tz=timezone.get_current_timezone()).strftime("%Y-%m-%d %H:%M")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["notice number", "supplier", "order number", "ordered at", "shipped at", "part number", "serial"])
    writer.writerows([number, "BENCH", "PO", moment, moment, "B-UNIT", serial] for serial in serials)
    sha256 = files.put(out.getvalue().encode())
    import_ship_notice(caller=bench.caller(), file_sha256=sha256, file_name="bench.csv")
    notice = ShipNotice.objects.get(number=number)
    receive_notice(caller=bench.caller(), notice_id=notice.pk, location_code="BENCH")
