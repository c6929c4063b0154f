"""What may be written on a paper, and where it breaks."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache

from documents.paper.fonts import BOLD, REGULAR, MissingGlyph, advances, printable

LONGEST_TEXT = 400
"""Characters kept of one value; a name of a megabyte would otherwise fill a binder."""

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNWANTED = re.compile(f"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u2060\ufeff\ud800-\udfff{_BIDI}\u2264\u2265]")
_BIDI_ONLY = re.compile(f"[{_BIDI}]")
_AS_WRITTEN_HERE = {"\u2264": "≦", "\u2265": "≧", "\t": " ", "\n": " ", "\u2028": " ", "\u2029": " "}

_PIECE = re.compile(r"[!-~]+ *|.", re.DOTALL)
_NOT_FIRST = frozenset(
    "、。，．,.・:;?!゛゜ヽヾゝゞ々ー’”)〕]}〉》」』】°′″℃%‰：；？！）］｝ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_NOT_LAST = frozenset("‘“(〔[{〈《「『【（［｛￥＄#")


def clean_text(value: str, longest: int = LONGEST_TEXT) -> str:
    """Text as a paper may show it: one line, nothing invisible, nothing that turns the reading direction.

    NUL, controls and lone surrogates go; a bidi control becomes a visible `[U+202E]`, because it may hide a fraud;
    ≤ and ≥ become ≦ and ≧, the pair of Japanese plants. What is cut off is marked by `…`.
    """
    if len(value) > longest:
        value = value[: longest - 1] + "…"
    if _UNWANTED.search(value) is None:
        return value
    return _UNWANTED.sub(_replacement, value)


def _replacement(match: re.Match[str]) -> str:
    character = match.group()
    if _BIDI_ONLY.match(character):
        return f"[U+{ord(character):04X}]"
    return _AS_WRITTEN_HERE.get(character, "")


def missing_glyphs(text: str) -> str:
    """The characters of `text` no paper can print, each once, in order; empty when all is well.

    Doors ask this when a name is entered, so that a paper need not fail at night.
    """
    known = _printable()
    return "".join(dict.fromkeys(c for c in clean_text(text) if c not in known))


def marked_text(text: str) -> str:
    """The text with 〓, the printers' mark for a missing type, for what no paper can print: for a list of many names,
    which must not fail for one sign. Where a name is what a paper is about, `check_glyphs` refuses it instead."""
    lost = missing_glyphs(text)
    return "".join("〓" if character in lost else character for character in text) if lost else text


def check_glyphs(thing: object, where: str = "") -> None:
    """Walk a sheet's every text and refuse the first unprintable character, named with its field: `steps[3].name`."""
    known = _printable()
    for path, text in _texts(thing, where):
        if known.issuperset(text):
            continue
        for character in clean_text(text):
            if character not in known:
                raise MissingGlyph(character, f"{path} (“{clean_text(text)[:60]}”)")


def _texts(thing: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(thing, str):
        yield path, thing
    elif isinstance(thing, tuple):
        for number, item in enumerate(thing):
            yield from _texts(item, f"{path}[{number}]")
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from _texts(getattr(thing, field.name), f"{path}.{field.name}" if path else field.name)


@cache
def _printable() -> frozenset[str]:
    return printable()


@cache
def _ems(font: str) -> dict[str, float]:
    return {chr(code): width / 1000 for code, width in advances(font).items()}


@lru_cache(maxsize=20_000)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Points. An unknown character counts as one em; drawing it is refused elsewhere."""
    ems = _ems(BOLD if bold else REGULAR)
    return size * sum([ems.get(character, 1.0) for character in text])


@lru_cache(maxsize=20_000)
def wrap_text(text: str, width: float, size: float, bold: bool = False) -> str:
    """Lines joined by a newline. Japanese breaks anywhere but before 、。」ー and after 「（ (kinsoku, pushed out).

    Latin words and numbers stay whole unless one alone is wider than the line, such as a UUID.
    """
    if text_width(text, size, bold) <= width:
        return text
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width, size, bold):
        if not line or text_width(line + piece.rstrip(), size, bold) <= width or _hangs(line, piece):
            line += piece
            continue
        kept, carried = _split_line(line, piece)
        lines.append(kept.rstrip())
        line = carried + piece
    return "\n".join([*lines, line.rstrip()])


def fit_text(text: str, width: float, size: float, bold: bool = False) -> str:
    """One line; what does not fit is cut and marked by `…`."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return text + "…"


def _pieces(text: str, width: float, size: float, bold: bool) -> Iterator[str]:
    for piece in _PIECE.findall(text):
        if text_width(piece.rstrip(), size, bold) > width:
            yield from piece
        else:
            yield piece


def _hangs(line: str, piece: str) -> bool:
    """A closing full stop or comma may stand half out of the line rather than start the next one."""
    return piece in "、。" and line[-1] not in "、。"


def _split_line(line: str, following: str) -> tuple[str, str]:
    """Where the break goes: characters that may not end or be cut from what follows move to the next line."""
    cut = len(line)
    first = following[0]
    while cut > 1 and (line[cut - 1] in _NOT_LAST or (first in _NOT_FIRST and not line[cut - 1].isspace())):
        cut -= 1
        first = line[cut]
        if len(line) - cut > 6:
            return line, ""
    return line[:cut], line[cut:]
