"""When `nvidia-smi -q -x` speaks of a faulty GPU, as data (nvl72.md sections 7 and 10.2).

The tool gives no verdict of its own: its counters and words are judged by these rules, and figures such as power and
temperature only by the plant's limits.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from assembly.test_logs.result import Disposition, Verdict
from assembly.test_logs.words import number, told

Look = Callable[[str], str | None]
"""The text at a path under one `gpu`, None where there is no such element."""

LOST = frozenset({"gpu is lost", "[gpu is lost]", "gpu requires reset", "[gpu requires reset]"})

TROUBLE = frozenset({"unknown error", "[unknown error]", "err!"})
"""Not the same as `N/A`: the field exists and the driver failed to read it."""


class Outcome(NamedTuple):
    verdict: Verdict
    disposition: Disposition
    why: str | None


class Counter(NamedTuple):
    """A counter that must be 0."""

    path: str
    verdict: Verdict
    disposition: Disposition

    def judge(self, text: str) -> Outcome:
        value = number(text)
        if value is None or value < 0:
            return Outcome("not_run", "review", f"{self.path} reads {text[:40]!r}")
        if value > 0:
            return Outcome(self.verdict, self.disposition, f"{self.path} is {value:g}")
        return Outcome("pass", "accept", None)


class Word(NamedTuple):
    """A word that must be `good`. `otherwise` None: a word that is neither good nor bad is unknown, thus `not_run`."""

    path: str
    good: str
    bad: Mapping[str, Disposition]
    otherwise: Disposition | None = None
    verdict: Verdict = "fail"

    def judge(self, text: str) -> Outcome:
        word = text.strip().lower()
        if word == self.good:
            return Outcome("pass", "accept", None)
        disposition = self.bad.get(word, self.otherwise)
        if disposition is None:
            return Outcome("not_run", "review", f"{self.path} has the unknown word {text[:40]!r}")
        return Outcome(self.verdict, disposition, f"{self.path} is {text[:60]}")


class Check(NamedTuple):
    """Rules under one test name. One whole set of `needs` must be told, or the check has not run.

    `needed_if` (path, word) asks for them only of GPUs that say so. A check of which nothing is told or needed is
    left out.
    """

    name: str
    rules: Sequence[Counter | Word]
    needs: tuple[tuple[str, ...], ...] = ()
    needed_if: tuple[str, str] | None = None


def _no(path: str, disposition: Disposition) -> Word:
    return Word(path, "no", {"yes": disposition})


def _false(path: str) -> Word:
    return Word(path, "false", {"true": "hold"})


def _idle(kind: str) -> tuple[Word, Word]:
    paths = (
        f"clocks_event_reasons/clocks_event_reason_{kind}",
        f"clocks_throttle_reasons/clocks_throttle_reason_{kind}",
    )
    new, old = (Word(path, "not active", {"active": "review"}, verdict="warn") for path in paths)
    return new, old


_VOLATILE, _AGGREGATE, _HEALTH = "ecc_errors/volatile", "ecc_errors/aggregate", "fabric/health"
_UNCORRECTABLE = ("sram_uncorrectable", "sram_uncorrectable_parity", "sram_uncorrectable_secded", "dram_uncorrectable")

CHECKS: tuple[Check, ...] = (
    Check(
        "ecc",
        (
            *(Counter(f"{_VOLATILE}/{kind}", "fail", "hold") for kind in _UNCORRECTABLE),
            *(Counter(f"{_AGGREGATE}/{kind}", "warn", "review") for kind in _UNCORRECTABLE),
            _no(f"{_AGGREGATE}/sram_threshold_exceeded", "hold"),
            _no("ecc_errors/channel_repair_pending", "review"),
            _no("ecc_errors/tpc_repair_pending", "review"),
            _no("ecc_errors/unrepairable_memory", "hold"),
            Word("ecc_mode/current_ecc", "enabled", {"disabled": "review"}, verdict="warn"),
        ),
        needs=((f"{_VOLATILE}/dram_uncorrectable",),),
    ),
    Check(
        "row-remap",
        (
            _no("remapped_rows/remapped_row_failure", "hold"),
            _no("remapped_rows/remapped_row_pending", "retest"),
            Counter("remapped_rows/remapped_row_unc", "warn", "review"),
            _no("retired_pages/pending_retirement", "retest"),
            _no("retired_pages/pending_blacklist", "retest"),
            Counter("retired_pages/double_bit_retirement/retired_count", "warn", "review"),
        ),
        needs=(
            ("remapped_rows/remapped_row_failure", "remapped_rows/remapped_row_pending"),
            ("retired_pages/pending_retirement",),
        ),
    ),
    Check(
        "fabric",
        (
            Word("fabric/state", "completed", {"in progress": "review", "not started": "review"}),
            Word("fabric/status", "success", {}, otherwise="review"),
            Word(f"{_HEALTH}/summary", "healthy", {"unhealthy": "hold", "limited capacity": "hold"}),
            Word(f"{_HEALTH}/bandwidth", "full", {"degraded": "hold"}),
            _false(f"{_HEALTH}/route_recovery_in_progress"),
            _false(f"{_HEALTH}/route_unhealthy"),
            _false(f"{_HEALTH}/access_timeout_recovery"),
            Word(f"{_HEALTH}/incorrect_configuration", "false", {}, otherwise="review"),
        ),
        needs=(("fabric/state", "fabric/status"),),
        needed_if=("platformInfo/peer_type", "switch connected"),
    ),
    Check(
        "recovery",
        (
            Word(
                "gpu_recovery_action",
                "none",
                {"gpu reset": "retest", "reset": "retest", "drain p2p": "retest", "drain and reset": "retest"},
                otherwise="hold",
            ),
            _no("gpu_reset_status/reset_required", "retest"),
            _no("gpu_reset_status/drain_and_reset_recommended", "retest"),
        ),
    ),
    Check(
        "slowdown",
        tuple(
            rule
            for kind in ("hw_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown", "sw_thermal_slowdown")
            for rule in _idle(kind)
        ),
    ),
)


def outcomes(check: Check, look: Look) -> list[Outcome]:
    """What each told field of a check says; empty where the check does not apply or nothing is told and needed."""
    said = [outcome for rule in check.rules if (outcome := _outcome(rule, look(rule.path))) is not None]
    needed = check.needed_if is None or (look(check.needed_if[0]) or "").strip().lower() == check.needed_if[1]
    if needed and check.needs and not any(all(told(look(path)) for path in paths) for paths in check.needs):
        missing = " or ".join(" and ".join(paths) for paths in check.needs)
        said.append(Outcome("not_run", "review", f"{missing} is not reported"))
    return said


def _outcome(rule: Counter | Word, text: str | None) -> Outcome | None:
    if (text or "").strip().lower() in TROUBLE:
        return Outcome("not_run", "review", f"{rule.path} could not be read by the tool")
    return None if text is None or told(text) is None else rule.judge(text)
