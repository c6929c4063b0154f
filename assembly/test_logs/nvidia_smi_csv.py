"""`nvidia-smi --query-gpu=… --format=csv`, one reading or a stream: nvl72.md section 10.2, last part.

Keyed by UUID where asked for, else by PCI address. The same card under two indices is named; uncorrected memory errors
fail; a column's readings of a stream become its last, least and greatest.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict, label
from assembly.test_logs.words import identity, quantity, told

TOOL = "nvidia-smi-csv"
_COLUMN = re.compile(r"([a-z][a-z0-9_.]{0,80})(?:\s*\[([^\]]{1,10})\])?")
_KNOWN = frozenset({"index", "uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "name", "gpu_name", "timestamp"})
_OWN = _KNOWN - {"name", "timestamp"}
_TEXTS = frozenset(
    {
        *("timestamp", "index", "name", "gpu_name", "uuid", "gpu_uuid", "serial", "gpu_serial"),
        *("pci.bus_id", "gpu_bus_id", "driver_version", "pstate", "vbios_version"),
    }
)
_UNCORRECTED = re.compile(r"ecc\.errors\.uncorrected\.(?:volatile|aggregate)\.total|retired_pages\.double_bit\.count")
MOST_ROWS = 2_000_000


@dataclass
class Card:
    """One GPU over the stream."""

    texts: dict[str, str] = field(default_factory=dict)
    indices: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    last: dict[str, float | None] = field(default_factory=dict)
    least: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)

    def take(self, names: Sequence[str], row: Sequence[str]) -> None:
        self.rows += 1
        for name, cell in zip(names, row, strict=True):
            if name in _TEXTS:
                self.texts[name] = cell
                continue
            value, _unit = quantity(cell)
            self.last[name] = value
            if value is not None:
                self.least[name] = min(value, self.least.get(name, value))
                self.most[name] = max(value, self.most.get(name, value))


def is_nvidia_smi_csv(text: str) -> bool:
    """A heading of the tool's own column names; `name` and `timestamp` alone stand in other files too."""
    names = {name for name, _unit in _names(text.split("\n", 1)[0]) or ()}
    return len(names) > 1 and bool(_KNOWN & names) and bool(names & _OWN or any("." in name for name in names))


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings and the driver's version. Refuses a header it does not know and a row of another width."""
    lines = text.splitlines()
    columns = _names(lines[0]) if lines else None
    if columns is None or not _KNOWN & {name for name, _unit in columns}:
        raise Unreadable("The first line does not hold the column names of nvidia-smi.")
    names, units = [name for name, _unit in columns], dict(columns)
    findings, cards = Findings(options), _cards(lines[1:], names)
    if not cards:
        raise Unreadable("The file holds column names and no reading.")
    for at, (key, card) in enumerate(cards.items()):
        findings.entities.append(_entity(at, card))
        findings.readings += _readings(card, label("gpu", at), units)
        findings.results += _results(card, label("gpu", at))
        if any(one.verdict == "fail" and one.entity == label("gpu", at) for one in findings.results):
            findings.because("hold", f"{key} counts memory errors that were not corrected.")
        if len(card.indices) > 1:
            findings.because("hold", f"{key} is listed under {len(card.indices)} indices: {', '.join(card.indices)}.")
    check_count(findings, "GPU", options.expect_gpus, list(cards))
    version = next((card.texts["driver_version"] for card in cards.values() if "driver_version" in card.texts), None)
    return findings, told(version), "csv"


def _names(line: str) -> list[tuple[str, str | None]] | None:
    found = []
    for cell in line.strip().split(","):
        match = _COLUMN.fullmatch(cell.strip())
        if match is None:
            return None
        found.append((match[1], match[2]))
    return found if len({name for name, _unit in found}) == len(found) else None


def _cards(lines: Sequence[str], names: Sequence[str]) -> dict[str, Card]:
    cards: dict[str, Card] = {}
    for number, row in enumerate(csv.reader(lines, skipinitialspace=True), start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(names) or number > MOST_ROWS:
            raise Unreadable(f"Line {number} has {len(cells)} values under {len(names)} columns.")
        told_of = dict(zip(names, cells, strict=True))
        key = _key(told_of)
        card = cards.setdefault(key, Card())
        card.indices[told_of.get("index", "")] = None
        card.take(names, cells)
    return cards


def _key(row: Mapping[str, str]) -> str:
    for name in ("uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "index"):
        if identity(row.get(name)) is not None or (name == "index" and told(row.get(name)) is not None):
            return row[name]
    return "?"


def _entity(at: int, card: Card) -> Entity:
    texts = card.texts
    return Entity(
        "gpu", at, uuid=told(texts.get("uuid") or texts.get("gpu_uuid")),
        serial=identity(texts.get("serial") or texts.get("gpu_serial")),
        more={
            "bus_id": told(texts.get("pci.bus_id") or texts.get("gpu_bus_id")),
            "product": told(texts.get("name") or texts.get("gpu_name")),
        },
    )  # fmt: skip


def _readings(card: Card, entity: str, units: Mapping[str, str | None]) -> Iterator[Reading]:
    for column, value in card.last.items():
        name = column.replace(".", "_")
        yield Reading(name, entity, value, units[column])
        if card.rows > len(card.indices) and column in card.most:
            yield Reading(f"{name}_min", entity, card.least[column], units[column])
            yield Reading(f"{name}_max", entity, card.most[column], units[column])


def _results(card: Card, entity: str) -> Iterator[TestResult]:
    """Memory errors that were not corrected, by the greatest value seen; nothing asked for is nothing judged."""
    asked = [column for column in card.last if _UNCORRECTED.fullmatch(column)]
    for column in asked:
        most = card.most.get(column)
        verdict: Verdict = "not_run" if most is None else "fail" if most else "pass"
        yield TestResult(entity, column, verdict, detail=f"{most:g}" if most else None)
