"""Which text a carrier's file is: UTF-8 with or without a mark, or Shift_JIS (CP932), judged line by line.

Whole-file guessing reads a file glued together from two systems as one of them and gives nonsense in the other half.
Pure: no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inventory.files.tables import FAULT_LIMIT

MARK = b"\xef\xbb\xbf"
FIRST_CJK = 0x2E80
"""Japanese text in UTF-8 lies from here on; two-byte sequences that decode below it are half-width kana of CP932."""

Encoding = Literal["ascii", "utf-8", "cp932", "none"]


@dataclass(frozen=True, slots=True)
class OddLine:
    """A line in another encoding than the file's; `none`: in neither."""

    line: int
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class Unified:
    """The file as UTF-8, in which encoding it came, and the lines that came in another."""

    content: bytes
    encoding: Encoding
    odd: tuple[OddLine, ...] = ()


def unified(content: bytes) -> Unified:
    """The file as UTF-8 without a mark. Workbooks and UTF-16 pass as they are: they say themselves what they are."""
    if content.startswith((b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:400]:
        return Unified(content, "none")
    marked = content.startswith(MARK)
    lines = content.removeprefix(MARK).split(b"\n")
    kinds = [encoding_of(line) for line in lines]
    main = "utf-8" if marked else _main(kinds)
    odd = [OddLine(at, kind) for at, kind in enumerate(kinds, start=1) if kind not in ("ascii", main)]
    text = [_decoded(line, kind) for line, kind in zip(lines, kinds, strict=True)]
    return Unified("\n".join(text).encode(), main, tuple(odd[:FAULT_LIMIT]))


def encoding_of(line: bytes) -> Encoding:
    """The encoding of one line."""
    if line.isascii():
        return "ascii"
    as_utf8, as_cp932 = _tried(line, "utf-8"), _tried(line, "cp932")
    if as_utf8 is not None and (as_cp932 is None or any(ord(char) >= FIRST_CJK for char in as_utf8)):
        return "utf-8"
    return "cp932" if as_cp932 is not None else "none"


def _main(kinds: list[Encoding]) -> Encoding:
    """That of most lines; the heading's where both are as many."""
    new, old = kinds.count("utf-8"), kinds.count("cp932")
    if new == old:
        return next((kind for kind in kinds if kind in ("utf-8", "cp932")), "ascii")
    return "utf-8" if new > old else "cp932"


def _tried(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decoded(line: bytes, kind: Encoding) -> str:
    return line.decode("cp932" if kind == "cp932" else "utf-8", errors="replace")
