"""The acts of one living rack, from the announced kit to the packed crate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from assembly.models import Build, Nonconformity, Slot
from assembly.operations.builds import BuildStart, start_builds
from assembly.operations.installs import Fit, install_units, remove_unit
from assembly.operations.nonconformities import dispose_nonconformity
from assembly.operations.runs import RecordedValue, RunFinish, RunSign, RunStart, finish_runs, sign_runs, start_runs
from assembly.operations.test_runs import TestLogImport, import_test_logs
from documents.files import put_many
from genpin.demo import stock
from genpin.demo.burning import Burning
from genpin.demo.cast import BUILDERS, CHECKERS, TESTERS
from genpin.demo.kits import Kit, deliveries_of, kit_of
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.shipping import Outbound
from genpin.demo.tester_files import OLD_DRIVER, bmc_file, nccl_file, rack_file
from genpin.demo.trays import TrayWork
from genpin.demo.values import operation_of, values_of
from inventory.models import Placement
from inventory.operations.holds import place_hold
from inventory.operations.placements import move_units

STATIONS = {"WC-RACK": "A2", "WC-RTEST": "T2", "WC-BURN": "B1", "WC-QC": "Q1", "WC-PACK": "P1"}
FIRST, SWAPPED, REREAD = "CT-00", "CT-07", "CT-05"
FITTED = {200: ("bus_bar", "manifold"), 210: ("cartridge",), 220: ("shelf",)}


@dataclass(slots=True)
class RackWork:
    """One rack in work."""

    plant: Plant
    rack: RackPlan
    order: str
    kit: Kit
    trays: TrayWork
    build: int = 0
    serial: str = ""
    spare: str = ""
    in_slots: dict[str, str] = field(default_factory=dict)
    """Compute trays by slot."""

    @property
    def design(self) -> str:
        return self.rack.wish.design

    def schedule(self) -> None:
        """Put the kit's arrival and the start of the builds on the agenda; everything else follows from there."""
        agenda, spans = self.plant.agenda, self.rack.spans
        agenda.at(spans["announced"][1], self._announce)
        start = spans["wait_kit"]
        early = 0.2 if self.rack.wish.trouble == "short" else 0.9
        agenda.at(start[0] + (start[1] - start[0]) * early, self._start_builds)

    def _announce(self, at: datetime) -> None:
        """The notices come by file; the goods supplier by supplier. The short rack still waits for two of them."""
        ordered = self.rack.kit_ready - timedelta(days=self.plant.rng.uniform(70, 110))
        deliveries = deliveries_of(self.kit, self.order, self.rack.kit_ready, ordered)
        begin, end = self.rack.spans["received"]
        come_at = [begin + (end - begin) * ((place + 1) / len(deliveries)) for place in range(len(deliveries))]
        late = ("SUP-STORE", "SUP-BOARD") if self.rack.wish.trouble == "short" else ()
        promised = [
            replace(one, promised_on=stock.promised_day(one, moment, missing=one.supplier in late))
            for one, moment in zip(deliveries, come_at, strict=True)
        ]
        notices = stock.announce(self.plant, promised, at)
        for notice, one, moment in zip(notices, deliveries, come_at, strict=True):
            if one.supplier not in late:
                self.plant.agenda.at(moment, stock.receive, self.plant, notice, one)

    def _start_builds(self, at: datetime) -> None:
        compute = "GB300-CT" if self.rack.is_gb300 else "GB200-CT"
        count = 19 if self.rack.wish.trouble == "swapped" else 18
        rack = BuildStart(
            self.design, "", self.order, self.rack.need_by, self.rack.kit_ready - timedelta(days=120),
            self.rack.kit_ready, "LINE-RACK",
        )  # fmt: skip
        trays = [BuildStart(compute, "", self.order, location_code="LINE-TRAY") for _tray in range(count)]
        switches = [BuildStart("N5200", self.kit.take("switch"), self.order) for _tray in range(9)]
        answer = self.plant.call(start_builds, "plan", at, starts=[rack, *trays, *switches])["builds"]
        self.build = answer[0]
        self.serial = Build.objects.values_list("unit__serial", flat=True).get(pk=self.build)
        self.plant.told[f"rack {self.rack.name}"] = self.serial
        self.trays.remember(answer[1 : count + 1], answer[count + 1 :])
        self._schedule_work()

    def _schedule_work(self) -> None:
        self.trays.schedule()
        for number in (200, 210, 220, 230, 240, 250, 260, 300, 310, 320, 330, 340, 360, 510):
            bad = "all_reduce" if number == 340 and self.rack.wish.trouble == "swapped" else ""
            self._schedule_operation(number, str(number), failing=bad)
        self.plant.agenda.at(self.rack.spans["230"][0] - timedelta(minutes=1), self._number_slots)
        self.plant.agenda.at(self.rack.spans["300"][0] - timedelta(minutes=8), self._move, "TEST")
        if self.rack.wish.trouble == "swapped":
            self._schedule_swap()
        Burning(self.plant, self.rack, self.build).schedule()
        if self.rack.name == "testing":
            self.plant.agenda.at(self.rack.spans["340"][0] + timedelta(minutes=9), self._read_old_driver)
        if self.rack.wish.trouble == "burn_failed":
            self.plant.agenda.at(self.rack.spans["held"][0] + timedelta(hours=2), self._hold)
            self.plant.agenda.at(self.rack.spans["held"][0] + timedelta(hours=3), self._read_another_cartridge)
        self.plant.agenda.at(self.rack.spans["510"][0] - timedelta(minutes=8), self._move, "PACK")
        Outbound(self.plant, self.rack, self.serial).schedule()

    def _move(self, at: datetime, place: str) -> None:
        self.plant.call(move_units, "daiki", at, serials=[self.serial], location_code=place, why="route")

    def _hold(self, at: datetime) -> None:
        self.plant.call(
            place_hold, "tanaka", at, "Q1", target=self.serial,
            reason="エージング中の漏液警報。継手の漏れ再試験まで保留",
        )  # fmt: skip

    # --- operations ---------------------------------------------------------------------------------------------------

    def _schedule_operation(self, number: int, name: str, *, failing: str = "") -> None:
        """Start, fill, test and finish one operation in its span."""
        begin, end = self.rack.spans[name]
        self.plant.agenda.at(begin, self._start, number)
        if number in FITTED:
            self.plant.agenda.at(begin + (end - begin) * 0.6, self._fit, FITTED[number])
        if name == "230":
            self._schedule_insertion(begin, end)
        if number == 320:
            self.plant.agenda.at(begin + (end - begin) * 0.5, self._import_rack_files)
        if number == 340:
            self.plant.agenda.at(begin + (end - begin) * 0.9, self._import_nccl, name)
        self.plant.agenda.at(end, self._finish, number, failing)

    def _station(self, number: int) -> str:
        return STATIONS[operation_of(self.design, number).work_centre]

    def _worker(self, number: int, at: datetime) -> str:
        if number == 510:
            return "nao"
        return self.plant.on_shift(BUILDERS if number < 300 else TESTERS, at)

    def _start(self, at: datetime, number: int) -> None:
        starts = [RunStart(self.build, number)]
        self.plant.call(start_runs, self._worker(number, at), at, self._station(number), starts=starts)

    def _finish(self, at: datetime, number: int, failing: str = "") -> None:
        worker, spec = self._worker(number, at), operation_of(self.design, number)
        if number in (200, 260):
            stock.use_on_rack(self.plant, self.serial, number, at)
        values = self._values(number, failing)
        finish = RunFinish(self.build, number, values, self.plant.checks[worker])
        self.plant.call(finish_runs, worker, at, self._station(number), finishes=[finish])
        if "checked" in spec.signs and not failing:
            checker = self.plant.on_shift(CHECKERS, at) if worker != "nao" else "tanaka"
            self.plant.agenda.at(at + timedelta(minutes=7), self._sign, number, checker)

    def _values(self, number: int, failing: str) -> list[RecordedValue]:
        return values_of(self.plant.rng, self.design, number, failing=failing)

    def _sign(self, at: datetime, number: int, checker: str) -> None:
        sign = RunSign(self.build, number, "checked", self.plant.checks[checker])
        self.plant.call(sign_runs, checker, at, self._station(number), signs=[sign])

    # --- slots --------------------------------------------------------------------------------------------------------

    def _slots(self, kinds: tuple[str, ...]) -> list[tuple[int, str, str]]:
        rows = Slot.objects.filter(build_id=self.build, kind__in=kinds).order_by("order")
        return list(rows.values_list("pk", "kind", "position"))

    def _fit(self, at: datetime, kinds: tuple[str, ...]) -> None:
        fits = [Fit(slot, self.kit.take(kind)) for slot, kind, _position in self._slots(kinds)]
        self.plant.call(install_units, self._worker(220, at), at, "A2", fits=fits)

    def _number_slots(self, at: datetime) -> None:
        """Which tray goes into which slot: in the order of their builds."""
        compute = [self.trays.serials[build] for build in self.trays.compute]
        places = [position for _slot, _kind, position in self._slots(("compute",))]
        self.in_slots = dict(zip(places, compute, strict=False))
        self.spare = compute[len(places)] if len(compute) > len(places) else ""

    def _schedule_insertion(self, begin: datetime, end: datetime) -> None:
        """From the bottom up, five at a time."""
        for turn in range(6):
            moment = begin + (end - begin) * (0.92 * (turn + 1) / 6)
            self.plant.agenda.at(moment, self._insert, 5 * turn)

    def _insert(self, at: datetime, first: int) -> None:
        rows = self._slots(("compute", "switch", "mgmt"))[first : first + 5]
        switches = [self.trays.serials[build] for build in self.trays.switches]
        fits = []
        for slot, kind, position in rows:
            if kind == "compute":
                fits.append(Fit(slot, self.in_slots[position]))
            elif kind == "switch":
                fits.append(Fit(slot, switches[int(position.removeprefix("ST-"))]))
            else:
                fits.append(Fit(slot, self.kit.take("mgmt")))
        if fits:
            self.plant.call(install_units, self._worker(230, at), at, "A2", fits=fits)
        self._tell_next(first + 5)

    def _tell_next(self, place: int) -> None:
        """The slot and tray that come next, for whoever tries it."""
        rows = [row for row in self._slots(("compute", "switch", "mgmt"))[place:] if row[1] == "compute"]
        if self.rack.name == "insertion" and rows:
            self.plant.told["next slot"] = rows[0][2]
            self.plant.told["next tray"] = self.in_slots[rows[0][2]]

    # --- testers' files -----------------------------------------------------------------------------------------------

    def _import_rack_files(self, at: datetime) -> None:
        """nvidia-smi of all eighteen trays: what each says of itself and of its place."""
        facts = self.trays.by_serial()
        chassis = f"182{self.rack.seed:010d}"
        contents, rows = [], []
        slots = Slot.objects.filter(build_id=self.build, kind="compute").order_by("order")
        for position, slot, tray_index in slots.values_list("position", "slot_number", "tray_index"):
            tray = self.in_slots[position]
            contents.append(rack_file(facts[tray], at, slot or 0, tray_index or 0, chassis))
            rows.append((f"{self.serial}-{position}-nvidia-smi.xml", tray))
            if position == FIRST and self.plant.readouts:
                contents.append(bmc_file(facts[tray], (slot or 0, tray_index or 0), self._cartridges()))
                rows.append((f"{self.serial}-{position}-bmc.zip", tray))
        hashes = put_many(contents)
        self.plant.call(
            import_test_logs, self._worker(320, at), at, "T2",
            rows=[
                TestLogImport(sha256, name, tray, exit_code=0)
                for sha256, (name, tray) in zip(hashes, rows, strict=True)
            ],
        )  # fmt: skip

    def _cartridges(self) -> dict[str, str]:
        """The cartridges that sit in the rack, by their place."""
        rows = Placement.objects.filter(host__build=self.build, to_at=None, unit__part__kind="cartridge")
        return {
            str(place): serial for place, serial in rows.order_by("position").values_list("position", "unit__serial")
        }

    def _read_another_cartridge(self, at: datetime) -> None:
        """The rack on hold is read out once more: one cartridge says another serial than was scanned."""
        tray = self.in_slots[FIRST]
        slot = Slot.objects.get(build_id=self.build, position=FIRST)
        told = {**self._cartridges(), "CBC_2": f"182{self.rack.seed + 7:010d}"}
        content = bmc_file(self.trays.by_serial()[tray], (slot.slot_number or 0, slot.tray_index or 0), told)
        row = TestLogImport(put_many([content])[0], f"{self.serial}-{FIRST}-bmc-2.zip", tray, exit_code=0)
        self.plant.call(import_test_logs, self._worker(320, at), at, "T2", rows=[row])

    def _read_old_driver(self, at: datetime) -> None:
        """A tray's host was set up anew, with an older driver than the baseline asks for."""
        tray = self.in_slots[REREAD]
        slot = Slot.objects.get(build_id=self.build, position=REREAD)
        content = rack_file(
            self.trays.by_serial()[tray], at, slot.slot_number or 0, slot.tray_index or 0, f"182{self.rack.seed:010d}",
            OLD_DRIVER,
        )  # fmt: skip
        row = TestLogImport(put_many([content])[0], f"{self.serial}-{REREAD}-nvidia-smi-2.xml", tray, exit_code=0)
        self.plant.call(import_test_logs, self._worker(320, at), at, "T2", rows=[row])
        self.plant.told["firmware differs"] = self.serial

    def _import_nccl(self, at: datetime, name: str) -> None:
        content, _speed = nccl_file(list(self.in_slots.values()), f"{self.rack.seed}/{name}", self.rack.is_gb300)
        row = TestLogImport(put_many([content])[0], f"{self.serial}-all-reduce.txt", self.serial, exit_code=0)
        self.plant.call(import_test_logs, self._worker(340, at), at, "T2", rows=[row])

    # --- the swap -----------------------------------------------------------------------------------------------------

    def _schedule_swap(self) -> None:
        agenda, spans = self.plant.agenda, self.rack.spans
        agenda.at(spans["decided"][1], self._decide)
        agenda.at(spans["removed"][1], self._remove)
        for number in (230, 250, 320, 330, 340):
            self._schedule_operation(number, f"{number}again")
        begin, end = spans["230again"]
        agenda.at(begin + (end - begin) * 0.5, self._refit)

    def _decide(self, at: datetime) -> None:
        report = Nonconformity.objects.get(build_id=self.build, disposition=None)
        self.plant.call(
            dispose_nonconformity, "tanaka", at, "Q1", number=report.number, disposition="rework",
            reason=f"トレイ {SWAPPED} の帯域が低い。トレイを交換し、再試験する。", cause="MAT-DEF",
            pin_check_id=self.plant.checks["tanaka"],
        )  # fmt: skip

    def _remove(self, at: datetime) -> None:
        slot = next(pk for pk, _kind, position in self._slots(("compute",)) if position == SWAPPED)
        self.plant.call(
            remove_unit, "kenji", at, "T2", slot_id=slot, reason="NVLink帯域が低いトレイの交換", location_code="H-1"
        )
        self.plant.call(
            place_hold, "tanaka", at, "Q1", target=self.in_slots[SWAPPED],
            reason="NVLink帯域の低下。解析が終わるまで使わない",
        )  # fmt: skip

    def _refit(self, at: datetime) -> None:
        slot = next(pk for pk, _kind, position in self._slots(("compute",)) if position == SWAPPED)
        self.in_slots[SWAPPED] = self.spare
        self.plant.call(install_units, self._worker(230, at), at, "A2", fits=[Fit(slot, self.spare)])


def rack_work(plant: Plant, rack: RackPlan, number: int) -> RackWork:
    """A planned rack with its kit and order."""
    kit = kit_of(plant, rack, 19 if rack.wish.trouble == "swapped" else 18)
    order = f"MO-{rack.kit_ready.year % 100:02d}-{50_000 + number}"
    return RackWork(plant, rack, order, kit, TrayWork(plant, rack, kit))
