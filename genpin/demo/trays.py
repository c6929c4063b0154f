"""The acts of building and testing a rack's trays, all twenty-seven on their benches at the same time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from assembly.models import Build, Nonconformity, Slot
from assembly.operations.installs import Fit, install_units
from assembly.operations.nonconformities import dispose_nonconformity
from assembly.operations.routing_specs import OperationSpec
from assembly.operations.runs import RunFinish, RunSign, RunStart, finish_runs, sign_runs, start_runs
from assembly.operations.test_runs import TestLogImport, import_test_logs
from documents.files import put_many
from genpin.demo import stock
from genpin.demo.cast import BUILDERS, CHECKERS, TESTERS
from genpin.demo.kits import Kit
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.tester_files import TrayFacts, bench_files
from genpin.demo.values import operation_of, values_of

NUMBERS = (100, 110, 120, 130, 140)
STATIONS = {"WC-TRAY": "A1", "WC-TTEST": "T1"}
FAILING_FIELD = {120: "p_drop", 130: "ground_bond"}
RETESTS = (
    ("MEA-TEST", "測定治具の接続を直して再試験する。"),
    ("MCH-CAL", "測定器のゼロ点を合わせ直して再試験する。"),
    ("MAN-SKIP", "手順の抜けがあった。手順どおりに再試験する。"),
    ("MEA-TEST", "試験条件を直して再試験する。"),
)
"""Why a tray is tested again: the cause that quality names, and its words."""


@dataclass(slots=True)
class TrayWork:
    """A rack's trays in work: their builds, serials and what the compute trays' hardware says of itself."""

    plant: Plant
    rack: RackPlan
    kit: Kit
    compute: list[int] = field(default_factory=list)
    """Builds of the compute trays, spares too."""
    switches: list[int] = field(default_factory=list)
    serials: dict[int, str] = field(default_factory=dict)
    facts: dict[int, TrayFacts] = field(default_factory=dict)

    def remember(self, compute: list[int], switches: list[int]) -> None:
        """The builds that were started."""
        self.compute, self.switches = compute, switches
        named = Build.objects.filter(pk__in=self.builds).values_list("pk", "unit__serial")
        self.serials = dict(named)

    @property
    def builds(self) -> list[int]:
        """All of them, in the order in which they get done: switch trays are the quicker ones."""
        return [*self.switches, *self.compute]

    def _design(self, build: int) -> str:
        if build in self.switches:
            return "N5200"
        return "GB300-CT" if self.rack.is_gb300 else "GB200-CT"

    def _operation(self, number: int) -> OperationSpec:
        """The operation of the compute trays' route; station and signatures of the switch trays' are the same."""
        return operation_of(self._design(self.compute[0]), number)

    def schedule(self) -> None:
        """Put everything on the agenda."""
        for number in NUMBERS:
            name = f"T{number}"
            begin, end = self.rack.spans[name]
            self.plant.agenda.at(begin, self._start, number, self.builds)
            if number == 110:
                self._schedule_fitting(begin, end)
            if number == 140:
                self.plant.agenda.at(begin + (end - begin) * 0.8, self._import_files)
            self.plant.agenda.at(end, self._finish, begin, number)
            if name in self.rack.failing_trays:
                self._schedule_retest(number, end)

    def _station(self, number: int) -> str:
        return STATIONS[self._operation(number).work_centre]

    def _worker(self, number: int, at: datetime) -> str:
        return self.plant.on_shift(TESTERS if number == 140 else BUILDERS, at)

    def _start(self, at: datetime, number: int, builds: list[int]) -> None:
        starts = [RunStart(build, number) for build in builds]
        self.plant.call(start_runs, self._worker(number, at), at, self._station(number), starts=starts)

    def _finish(self, at: datetime, since: datetime, number: int) -> None:
        """One tray after the other, in the second half of the time."""
        builds = self.builds
        failing = self.rack.failing_trays.get(f"T{number}", -1)
        step = (at - since) * 0.5 / len(builds)
        moments = [at - step * (len(builds) - 1 - place) for place in range(len(builds))]
        bad = {self.compute[failing]: FAILING_FIELD[number]} if failing >= 0 else {}
        self._end_runs(at, number, list(zip(builds, moments, strict=True)), bad)
        if number == 110:
            stock.use_on_trays(at, self.plant, [self.serials[build] for build in self.compute])

    def _end_runs(self, at: datetime, number: int, runs: list[tuple[int, datetime]], bad: dict[int, str]) -> None:
        worker, rng = self._worker(number, at), self.plant.rng
        finishes = [
            RunFinish(
                build, number, values_of(rng, self._design(build), number, failing=bad.get(build, "")),
                self.plant.checks[worker], happened_at=moment,
            )
            for build, moment in runs
        ]  # fmt: skip
        self.plant.call(finish_runs, worker, at, self._station(number), finishes=finishes)
        good = [build for build, _moment in runs if build not in bad]
        if "checked" in self._operation(number).signs and good:
            checker = self.plant.on_shift(CHECKERS, at)
            self.plant.agenda.at(at + timedelta(minutes=6), self._sign, number, good, checker)

    def _sign(self, at: datetime, number: int, builds: list[int], checker: str) -> None:
        check = self.plant.checks[checker]
        signs = [RunSign(build, number, "checked", check) for build in builds]
        self.plant.call(sign_runs, checker, at, self._station(number), signs=signs)

    def _schedule_retest(self, number: int, failed_at: datetime) -> None:
        """Quality lets the tray be tested again; it passes."""
        begin, end = self.rack.spans[f"T{number}again"]
        build = self.compute[self.rack.failing_trays[f"T{number}"]]
        decided = failed_at + (begin - failed_at) * 0.7
        self.plant.agenda.at(decided, self._let_retest, build)
        self.plant.agenda.at(begin, self._start, number, [build])
        self.plant.agenda.at(end, self._end_runs, number, [(build, end)], {})

    def _let_retest(self, at: datetime, build: int) -> None:
        report = Nonconformity.objects.get(build_id=build, disposition=None)
        # By its place in the rack: racks of one story tell the same, whatever their keys are.
        cause, reason = RETESTS[self.compute.index(build) % len(RETESTS)]
        self.plant.call(
            dispose_nonconformity, "tanaka", at, "Q1", number=report.number, disposition="retest", reason=reason,
            cause=cause, pin_check_id=self.plant.checks["tanaka"],
        )  # fmt: skip

    def _schedule_fitting(self, begin: datetime, end: datetime) -> None:
        """Seven trays at a time are filled."""
        builds = self.builds
        groups = [builds[place : place + 7] for place in range(0, len(builds), 7)]
        for place, group in enumerate(groups, start=1):
            moment = begin + (end - begin) * (0.9 * place / len(groups))
            self.plant.agenda.at(moment, self._fit, group)

    def _fit(self, at: datetime, builds: list[int]) -> None:
        fits: list[Fit] = []
        slots = Slot.objects.filter(build_id__in=builds).order_by("build_id", "order")
        for slot_id, build, kind, position in slots.values_list("pk", "build_id", "kind", "position"):
            serial = self.kit.take("switch_bmc" if build in self.switches else kind)
            fits.append(Fit(slot_id, serial))
            if kind == "superchip":
                self._remember_board(build, position, serial)
        self.plant.call(install_units, self._worker(110, at), at, "A1", fits=fits)

    def _remember_board(self, build: int, position: str, serial: str) -> None:
        if position == "superchip_0":
            uuids = tuple(self.plant.serials.gpu_uuid() for _gpu in range(4))
            figures = f"{self.rack.seed}/{len(self.facts)}"
            self.facts[build] = TrayFacts(self.serials[build], (serial, ""), uuids, self.rack.is_gb300, figures)  # type: ignore[arg-type]
        else:
            known = self.facts[build]
            self.facts[build] = replace(known, superchips=(known.superchips[0], serial))

    def _import_files(self, at: datetime) -> None:
        contents: list[bytes] = []
        rows: list[tuple[str, str]] = []
        for build in self.compute:
            facts = self.facts[build]
            contents += bench_files(facts, at - timedelta(minutes=12))
            rows += [(facts.tray, f"{facts.tray}-dcgm-r3.json"), (facts.tray, f"{facts.tray}-nvidia-smi.xml")]
        hashes = put_many(contents)
        self.plant.call(
            import_test_logs, self._worker(140, at), at, "T1",
            rows=[
                TestLogImport(sha256, name, tray, exit_code=0)
                for sha256, (tray, name) in zip(hashes, rows, strict=True)
            ],
        )  # fmt: skip

    def by_serial(self) -> dict[str, TrayFacts]:
        """What the compute trays' hardware says, by the tray's serial."""
        return {facts.tray: facts for facts in self.facts.values()}
