"""The acts of building and testing a rack's trays, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assembly.models import Build, Nonconformity, Slot
from assembly.operations.installs import Fit, install_units
from assembly.operations.nonconformities import dispose_nonconformity
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


@dataclass(slots=True)
class TrayWork:
    """A rack's trays in work: their builds, serials and what the compute trays' hardware says of itself."""

    plant: Plant
    rack: RackPlan
    kit: Kit
    builds: dict[str, list[int]] = field(default_factory=dict)
    """Build ids by batch: C compute (spares too), S switches."""
    serials: dict[int, str] = field(default_factory=dict)
    facts: dict[int, TrayFacts] = field(default_factory=dict)

    def design(self, batch: str) -> str:
        if batch == "S":
            return "N5200"
        return "GB300-CT" if self.rack.is_gb300 else "GB200-CT"

    def remember(self, compute: list[int], switches: list[int]) -> None:
        """The builds that were started."""
        self.builds = {"C": compute, "S": switches}
        named = Build.objects.filter(pk__in=[*compute, *switches]).values_list("pk", "unit__serial")
        self.serials = dict(named)

    def schedule(self, batch: str) -> None:
        """Put the acts of one batch on the agenda."""
        for number in NUMBERS:
            name = f"{batch}{number}"
            begin, end = self.rack.spans[name]
            self.plant.agenda.at(begin, self._start, batch, number, self.builds[batch])
            if number == 110:
                self._schedule_fitting(batch, begin, end)
            if number == 140 and batch != "S":
                self._schedule_files(batch, begin, end)
            self.plant.agenda.at(end, self._finish, begin, batch, number)
            if name in self.rack.failing_trays:
                self._schedule_retest(batch, number, end)

    def _station(self, batch: str, number: int) -> str:
        return STATIONS[operation_of(self.design(batch), number).work_centre]

    def _worker(self, number: int, at: datetime) -> str:
        return self.plant.on_shift(TESTERS if number == 140 else BUILDERS, at)

    def _start(self, at: datetime, batch: str, number: int, builds: list[int]) -> None:
        self.plant.call(
            start_runs, self._worker(number, at), at, self._station(batch, number),
            starts=[RunStart(build, number) for build in builds],
        )  # fmt: skip

    def _finish(self, at: datetime, since: datetime, batch: str, number: int) -> None:
        builds = self.builds[batch]
        failing = self.rack.failing_trays.get(f"{batch}{number}", -1)
        step = (at - since) * 0.5 / len(builds)
        moments = [at - step * (len(builds) - 1 - place) for place in range(len(builds))]
        bad = {builds[failing]: FAILING_FIELD[number]} if failing >= 0 else {}
        self._end_runs(at, batch, number, list(zip(builds, moments, strict=True)), bad)
        if number == 110:
            stock.use_on_trays(self.plant, self, batch, at)

    def _end_runs(
        self, at: datetime, batch: str, number: int, runs: list[tuple[int, datetime]], bad: dict[int, str]
    ) -> None:
        worker, design = self._worker(number, at), self.design(batch)
        self.plant.call(
            finish_runs, worker, at, self._station(batch, number),
            finishes=[
                RunFinish(
                    build, number, values_of(self.plant.rng, design, number, failing=bad.get(build, "")),
                    self.plant.checks[worker], happened_at=moment,
                )
                for build, moment in runs
            ],
        )  # fmt: skip
        good = [build for build, _moment in runs if build not in bad]
        if "checked" in operation_of(design, number).signs and good:
            checker = self.plant.on_shift(CHECKERS, at)
            self.plant.agenda.at(at + timedelta(minutes=6), self._sign, batch, number, good, checker)

    def _sign(self, at: datetime, batch: str, number: int, builds: list[int], checker: str) -> None:
        check = self.plant.checks[checker]
        signs = [RunSign(build, number, "checked", check) for build in builds]
        self.plant.call(sign_runs, checker, at, self._station(batch, number), signs=signs)

    def _schedule_retest(self, batch: str, number: int, failed_at: datetime) -> None:
        """Quality lets the tray be tested again; it passes."""
        begin, end = self.rack.spans[f"{batch}{number}again"]
        build = self.builds[batch][self.rack.failing_trays[f"{batch}{number}"]]
        decided = failed_at + (begin - failed_at) * 0.7
        self.plant.agenda.at(decided, self._let_retest, build)
        self.plant.agenda.at(begin, self._start, batch, number, [build])
        self.plant.agenda.at(end, self._end_runs, batch, number, [(build, end)], {})

    def _let_retest(self, at: datetime, build: int) -> None:
        report = Nonconformity.objects.get(build_id=build, disposition=None)
        self.plant.call(
            dispose_nonconformity, "tanaka", at, "Q1", number=report.number, disposition="retest",
            reason="測定治具の接続を直して再試験する。", pin_check_id=self.plant.checks["tanaka"],
        )  # fmt: skip

    def _schedule_fitting(self, batch: str, begin: datetime, end: datetime) -> None:
        """Five trays at a time are filled."""
        builds = self.builds[batch]
        groups = [builds[place : place + 5] for place in range(0, len(builds), 5)]
        for place, group in enumerate(groups, start=1):
            moment = begin + (end - begin) * (0.9 * place / len(groups))
            self.plant.agenda.at(moment, self._fit, batch, group)

    def _fit(self, at: datetime, batch: str, builds: list[int]) -> None:
        fits: list[Fit] = []
        slots = Slot.objects.filter(build_id__in=builds).order_by("build_id", "order")
        for slot_id, build, kind, position in slots.values_list("pk", "build_id", "kind", "position"):
            serial = self.kit.take("switch_bmc" if batch == "S" else kind)
            fits.append(Fit(slot_id, serial))
            if kind == "superchip":
                self._remember_board(build, position, serial)
        self.plant.call(install_units, self._worker(110, at), at, "A1", fits=fits)

    def _remember_board(self, build: int, position: str, serial: str) -> None:
        if position == "superchip_0":
            uuids = tuple(self.plant.serials.gpu_uuid() for _gpu in range(4))
            self.facts[build] = TrayFacts(self.serials[build], (serial, ""), uuids, self.rack.is_gb300)  # type: ignore[arg-type]
        else:
            known = self.facts[build]
            self.facts[build] = TrayFacts(known.tray, (known.superchips[0], serial), known.uuids, known.gb300)

    def _schedule_files(self, batch: str, begin: datetime, end: datetime) -> None:
        moment = begin + (end - begin) * 0.8
        self.plant.agenda.at(moment, self._import_files, self.builds[batch])

    def _import_files(self, at: datetime, builds: list[int]) -> None:
        contents: list[bytes] = []
        rows: list[tuple[str, str]] = []
        for build in builds:
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
