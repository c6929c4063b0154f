"""The one typeface of every paper: two static weights, the same on every machine.

ReportLab reads neither variable fonts nor CFF outlines, so the two weights are cut once from the variable Noto Sans JP
of an installed package (OFL) and kept in a folder. Nothing here asks the operating system for a font: same facts must
give the same bytes on the developer's machine, in CI and at the plant.
"""

import fcntl
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

import reportlab.rl_config
from fontTools.ttLib import TTFont as FontFile
from fontTools.varLib.instancer import instantiateVariableFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "GenpinSans"
BOLD = "GenpinSans-Bold"

_SOURCE = ("justmytype_intl_cjk", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf")
_WEIGHTS = {REGULAR: (400, "NotoSansJP-Regular"), BOLD: (700, "NotoSansJP-Bold")}
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp", "prep")  # a PDF needs outlines only
_RECIPE = 1  # raise when the cutting below changes, so that old files are not taken for new ones

_lock = Lock()


class MissingGlyph(Exception):
    """A character that the paper's typeface cannot draw; it would print as an empty box and nobody would know."""

    def __init__(self, character: str, where: str) -> None:
        self.character = character
        self.where = where
        shown = character if character.isprintable() else "?"
        super().__init__(
            f"U+{ord(character):04X} {shown} cannot be printed: the typeface lacks it. It is in {where}. "
            f"Correct that text, then print again."
        )


class _LoudFont(TTFont):  # type: ignore[misc]
    """Every drawn text passes ``splitString``; ReportLab itself would put an empty box for an unknown character."""

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(map(chr, self.face.charToGlyph))

    def splitString(self, text: str, doc: object, encoding: str = "utf-8") -> Any:
        if not self.characters.issuperset(text):
            strange = next(character for character in text if character not in self.characters)
            raise MissingGlyph(strange, f"“{text[:80]}”")
        return super().splitString(text, doc, encoding)


def register_fonts(folder: Path | None = None) -> None:
    """Make both weights known to ReportLab, once a process. The first call on a machine cuts them: some 25 seconds.

    They are kept in `folder`, by default beside the installed packages they come from, so that every account and every
    test run of that environment shares them; where that cannot be written, in `GENPIN_HOME` or the user's cache.
    """
    with _lock:
        if BOLD in pdfmetrics.getRegisteredFontNames():
            return
        _shut_doors()
        for name, path in _cut_weights([folder] if folder else _folders()).items():
            pdfmetrics.registerFont(_LoudFont(name, str(path), asciiReadable=True, shapable=False))
        pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)


def fonts_are_cut() -> bool:
    """Whether both weights lie ready, so that no paper has to wait for them."""
    stamp = _stamp()
    return any(all(path.exists() for path in _paths(folder, stamp).values()) for folder in _folders())


def cut_fonts() -> None:
    """Cut both weights now if they are not there: before the first request, which would wait half a minute for them."""
    _cut_weights(_folders())


def advances(font: str) -> dict[int, float]:
    """Advance by code point of one weight, in thousandths of the size."""
    register_fonts()
    widths: dict[int, float] = pdfmetrics.getFont(font).face.charWidths
    return widths


def printable() -> frozenset[str]:
    """All characters that both weights draw."""
    register_fonts()
    known: frozenset[str] = pdfmetrics.getFont(REGULAR).characters & pdfmetrics.getFont(BOLD).characters
    return known


def _shut_doors() -> None:
    """No paper may fetch anything: an image address in a name stays text (CVE-2020-28463)."""
    reportlab.rl_config.trustedHosts = []
    reportlab.rl_config.trustedSchemes = ["data"]
    reportlab.rl_config.invariant = 1
    reportlab.rl_config.useA85 = 0  # streams as plain bytes: a fifth smaller, and faster to write


def _folders() -> list[Path]:
    folders = [Path(sys.prefix) / "share" / "genpin" / "fonts"]
    if home := os.environ.get("GENPIN_HOME"):
        folders.append(Path(home) / "fonts")
    if cache := os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME"):
        folders.append(Path(cache) / ".genpin-fonts")
    return folders


def _cut_weights(folders: list[Path]) -> dict[str, Path]:
    """Paths of the static weights, cut when absent. The name carries source and tools, so an upgrade cuts anew."""
    stamp = _stamp()
    for folder in folders:
        paths = _paths(folder, stamp)
        if all(path.exists() for path in paths.values()):
            return paths

    folder = _first_writable(folders)
    paths = _paths(folder, stamp)
    with _one_cutter(folder):
        for name, path in paths.items():
            if not path.exists():
                _cut(path, *_WEIGHTS[name])
    return paths


def _stamp() -> str:
    source = files(_SOURCE[0]).joinpath(_SOURCE[1]).read_bytes()
    recipe = f"{_RECIPE} {version('fonttools')} {hashlib.sha256(source).hexdigest()}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


def _paths(folder: Path, stamp: str) -> dict[str, Path]:
    return {name: folder / f"{title}-{stamp}.ttf" for name, (_, title) in _WEIGHTS.items()}


def _first_writable(folders: list[Path]) -> Path:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise PermissionError(f"The typeface of the papers can be kept in none of {', '.join(map(str, folders))}.")


@contextmanager
def _one_cutter(folder: Path) -> Iterator[None]:
    """Web, worker and beat start together; one of them cuts, the others wait for it."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _cut(path: Path, weight: int, title: str) -> None:
    with files(_SOURCE[0]).joinpath(_SOURCE[1]).open("rb") as stream:
        font = FontFile(stream, recalcTimestamp=False)
        for table in _UNUSED_TABLES:
            if table in font:
                del font[table]
        instantiateVariableFont(font, {"wght": weight}, inplace=True)
        # ReportLab keys embedded files by this name: left as it is, both weights would be called Thin and collide.
        font["name"].setName(title, 6, 3, 1, 0x409)
        font["post"].formatType = 3.0
        descriptor, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as out:
            font.save(out)
            out.flush()
            os.fchmod(out.fileno(), 0o644)  # the worker may be another account than the one that cut
            os.fsync(out.fileno())
    Path(draft).replace(path)
