"""DCGM's error ids with their severity and category: release 4.6.0, from nvl72.md section 10.1."""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple


class Severity(IntEnum):
    """What DCGM advises for an error."""

    NONE = 0
    MONITOR = 1
    ISOLATE = 2
    UNKNOWN = 3
    TRIAGE = 4
    CONFIG = 5
    RESET = 6


CATEGORIES: dict[int, str] = {
    1: "performance threshold",
    2: "performance violation",
    3: "software configuration",
    4: "library",
    5: "Xid",
    6: "CUDA",
    7: "EUD",
    8: "other software",
    9: "thermal",
    10: "memory",
    11: "NVLink",
    12: "NVSwitch",
    13: "PCIe",
    14: "power",
    15: "other hardware",
    16: "internal",
}


class KnownError(NamedTuple):
    severity: Severity
    category: int | None
    meaning: str


_ISOLATE: dict[int, tuple[int | None, str]] = {
    3: (13, "PCI replay rate"),
    4: (10, "uncorrectable volatile ECC"),
    7: (10, "retired pages over the limit"),
    8: (10, "retired pages over the limit"),
    13: (11, "NVLink error rate"),
    15: (12, "NVSwitch fatal"),
    24: (4, "NVML library is bad"),
    33: (15, "error counter above zero"),
    35: (2, "error counter above zero"),
    36: (2, "field over threshold"),
    38: (1, "field over threshold"),
    39: (1, "field over threshold"),
    52: (10, "faulty memory"),
    57: (10, "double-bit error seen by CUDA"),
    58: (10, "memory mismatch"),
    70: (11, "NVLink CRC errors over 100 a second"),
    71: (11, "NVLink counter that must be 0"),
    79: (10, "L1 tag miscompare"),
    81: (5, "uncontained error, Xid 95"),
    86: (15, "peer copy broken, memory side"),
    87: (15, "peer copy broken, writer side"),
    88: (11, "NVSwitch link down"),
    95: (7, "EUD test failed"),
    98: (13, "PCIe correctable errors"),
    102: (10, "single-bit errors"),
    103: (10, "double-bit errors"),
    104: (13, "PCIe replays"),
    105: (10, "single-bit errors over threshold"),
    106: (10, "double-bit errors over threshold"),
    107: (13, "PCIe replays over threshold"),
    109: (5, "NVSwitch SXid"),
    111: (10, "NaN computed"),
    113: (13, "peer copy broken over PCIe, memory side"),
    114: (13, "peer copy broken over PCIe, writer side"),
    115: (11, "peer copy broken over NVLink, memory side"),
    116: (11, "peer copy broken over NVLink, writer side"),
    118: (10, "SRAM threshold"),
    119: (11, "NVLink effective bit error rate"),
    120: (15, "fallen off the bus"),
    121: (11, "NVLink symbol bit error rate"),
    122: (8, "IMEX unhealthy"),
    126: (15, "node reboot needed"),
}

_TRIAGE: dict[int, tuple[int | None, str]] = {
    9: (15, "InfoROM corrupt"),
    14: (11, "NVLink down"),
    22: (4, "library cannot be opened"),
    30: (13, "low PCIe bandwidth"),
    31: (13, "high PCIe latency"),
    37: (16, "field type"),
    44: (16, "internal"),
    45: (13, "PCIe generation low"),
    49: (16, "no statistics"),
    50: (1, "stress level low"),
    54: (6, "CUDA unbound"),
    56: (8, "allocation failed on the GPU"),
    59: (6, "no CUDA device"),
    62: (1, "memory bandwidth low"),
    63: (14, "target power not reached"),
    64: (8, "API failure"),
    65: (8, "API failure"),
    66: (6, "no CUDA context"),
    67: (16, "API failure"),
    73: (8, "allocation failed on the host"),
    77: (8, "state restored"),
    89: (7, "EUD permission"),
    90: (7, "EUD needs root"),
    91: (7, "EUD could not be spawned"),
    92: (7, "EUD timeout"),
    93: (7, "EUD left a zombie"),
    94: (7, "EUD exit code"),
    97: (16, "pause or resume"),
    99: (11, "expected links not up, GPU"),
    100: (11, "expected links not up, NVSwitch"),
    101: (5, "Xid"),
    110: (2, "GFLOPS under threshold"),
    124: (8, "binary permission"),
    130: (8, "retest asked"),
    132: (10, "uncorrectable row-remap limit"),
}

_RESET: dict[int, tuple[int | None, str]] = {
    6: (10, "pending page retirement"),
    25: (8, "graphics process on the GPU"),
    80: (10, "row remap failed"),
    83: (10, "pending page retirement"),
    84: (10, "uncorrectable row remap"),
    85: (10, "row remap pending"),
    125: (15, "reset"),
    127: (15, "drain peer traffic"),
    128: (15, "drain and reset"),
    129: (15, "NCCL error"),
}

_CONFIG: dict[int, tuple[int | None, str]] = {
    18: (8, "file access"),
    20: (8, "device count mismatch"),
    23: (3, "driver on the denylist"),
    28: (6, "CUDA environment"),
    29: (8, "persistence mode off"),
    46: (13, "PCIe width low"),
    47: (8, "aborted"),
    48: (3, "test disabled"),
    55: (10, "ECC off"),
    60: (10, "ECC unsupported"),
    68: (3, "needs several GPUs"),
    72: (14, "enforced power limit too low"),
    78: (8, "L1 tag unsupported"),
    82: (3, "empty GPU list"),
    96: (3, "no file permission"),
    112: (6, "fabric training unfinished"),
    117: (3, "skipped"),
}

_MONITOR: dict[int, tuple[int | None, str]] = {
    5: (10, "single-bit errors"),
    10: (9, "clocks limited, thermal"),
    11: (14, "power unreadable"),
    12: (14, "clocks limited, power"),
    16: (12, "NVSwitch non-fatal"),
    17: (12, "NVSwitch down"),
    19: (None, "fault on the tool's side"),
    26: (None, "fault on the tool's side"),
    27: (None, "fault on the tool's side"),
    32: (None, "fault on the tool's side"),
    34: (2, "field over threshold"),
    40: (9, "thermal violations"),
    41: (9, "thermal violations"),
    42: (9, "too hot"),
    43: (15, "harmful clock event"),
    51: (6, "CUDA call"),
    53: (None, "fault on the tool's side"),
    61: (10, "ECC pending"),
    69: (8, "too many errors"),
    74: (None, "unused"),
    75: (None, "unused"),
    76: (None, "unused"),
    108: (6, "fabric manager not initialised"),
    123: (11, "fabric probe"),
    131: (5, "contained error"),
}

_UNKNOWN: dict[int, tuple[int | None, str]] = {
    1: (None, "unknown"),
    2: (None, "unrecognised"),
    21: (16, "bad parameter"),
}

_BY_SEVERITY: tuple[tuple[Severity, Mapping[int, tuple[int | None, str]]], ...] = (
    (Severity.ISOLATE, _ISOLATE),
    (Severity.TRIAGE, _TRIAGE),
    (Severity.RESET, _RESET),
    (Severity.CONFIG, _CONFIG),
    (Severity.MONITOR, _MONITOR),
    (Severity.UNKNOWN, _UNKNOWN),
)

ERRORS: dict[int, KnownError] = {
    number: KnownError(severity, category, meaning)
    for severity, table in _BY_SEVERITY
    for number, (category, meaning) in table.items()
}
"""By error id. Id 0 means that there is no error and is not listed; category None: our source does not say."""
