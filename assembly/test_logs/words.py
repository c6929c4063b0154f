"""Words that mean "nothing": what testers write where a value is missing (nvl72.md section 1, row 5 and 10.2)."""

import math
import re

NOTHING = frozenset(
    {
        "",
        "n/a",
        "[n/a]",
        "na",
        "nan",
        "none",
        "null",
        "unknown",
        "[unknown]",
        "not available",
        "not supported",
        "[not supported]",
        "not specified",
        "unspecified",
        "unspecified serial number",
        "<<<not_supported>>>",
        "redacted",
        "cpldserialnumber",
        "requested functionality has been deprecated",
        "[requested functionality has been deprecated]",
        "insufficient permissions",
        "[insufficient permissions]",
        "unknown error",
        "[unknown error]",
        "err!",
        "gpu is lost",
        "[gpu is lost]",
        "gpu requires reset",
        "[gpu requires reset]",
    }
)

_BLANK_NUMBER = re.compile(r"(?:0x)?(?:[0\-]{4,}|[Ff\-]{4,})")
_NUMBER = re.compile(
    r"\s*([+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?)\s*(\S.{0,20})?\s*", re.ASCII
)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)


def told(text: str | None) -> str | None:
    """The trimmed text, or None where it only says that there is nothing to say."""
    trimmed = (text or "").strip()
    return None if trimmed.lower() in NOTHING else trimmed


def identity(text: str | None) -> str | None:
    """A serial, guid or part number: as `told`, and all zeros or all F count as absent too."""
    trimmed = told(text)
    return None if trimmed is None or _BLANK_NUMBER.fullmatch(trimmed) else trimmed


def place(text: str | None) -> int | str | None:
    """A slot, tray or module number: whole numbers as int, other text as it stands."""
    trimmed = told(text)
    return int(trimmed) if trimmed is not None and _WHOLE.fullmatch(trimmed) else trimmed


def number(text: str | None) -> float | None:
    """A finite number in plain text, or None: `nan`, `inf` and `1e400` are no measurements."""
    value, unit = quantity(text)
    return value if unit is None else None


def quantity(text: str | None) -> tuple[float | None, str | None]:
    """`165.93 W` as (165.93, "W"); anything else as (None, None)."""
    match = _NUMBER.fullmatch(text or "")
    if match is None:
        return None, None
    value = float(match[1])
    return (value, match[2].strip() if match[2] else None) if math.isfinite(value) else (None, None)
