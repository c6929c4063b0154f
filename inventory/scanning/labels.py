"""What is printed on a label, from what a scanner sends: the grammar of standards in its order, pure.

1. a symbology identifier of GS1 (or FNC1 itself): an element string; 2. an address: a GS1 Digital Link; 3. an envelope
of ISO/IEC 15434: format 05 (GS1), 06 (data identifiers of MH10.8.2), 12 (text element identifiers); 4. plain text.
Nothing is guessed: length alone never makes a vendor's serial a GTIN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inventory.scanning.gs1 import GS, Elements, NotGs1, checked, read_elements, read_link, together
from inventory.text import fold
from ledger.refusals import Refusal

PARSER = 1
"""Version of this grammar, kept beside every parse: a later one can be run over the raw scans."""

RS, EOT = "\x1e", "\x04"

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLOGIES = ("]C1", "]d2", "]Q3", "]e0", "]J1")
_ENVELOPE = re.compile(rf"\[\)>{RS}?(\d\d){GS}(.*?){RS}?{EOT}?", re.DOTALL)
_DATA_IDENTIFIER = re.compile(r"(\d{0,3}[A-Z])(.+)", re.DOTALL)
_TEXT_ELEMENT = re.compile(r"([A-Z]{3}) ?(.+)", re.DOTALL)


class LabelUnreadable(Refusal):
    """A code of a known kind whose content breaks the rules of that kind."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a code says: `kind` gs1, link, mh10 or tei, and its elements in the order printed."""

    kind: str
    elements: Elements

    def get(self, *names: str) -> str:
        """The first of these elements, or nothing."""
        known = dict(self.elements)
        return next((known[name] for name in names if name in known), "")

    def as_json(self) -> dict[str, Any]:
        """The parse as it is kept beside the raw scan."""
        return {"kind": self.kind, "elements": [list(one) for one in self.elements], "parser": PARSER}


def read_label(raw: str) -> tuple[str, Label | None]:
    """The text without symbology identifier, and the label in it, if it is one. Refuses LabelUnreadable."""
    text = fold(raw)
    symbology = text[:3] if _SYMBOLOGY.match(text) else ""
    text = text[len(symbology) :]
    try:
        return text, _label(text, symbology)
    except NotGs1 as fault:
        raise LabelUnreadable(
            _("This code breaks the rules of its kind: %(why)s.") % {"why": fault},
            true=_("Nothing was recorded."),
            do=_("Scan it once more. If it stops again, the label is misprinted: show it to the line leader."),
        ) from None


def _label(text: str, symbology: str) -> Label | None:
    if symbology in _GS1_SYMBOLOGIES or text.startswith(GS):
        return Label("gs1", read_elements(text))
    if text.startswith(("http://", "https://")):
        elements = read_link(text)
        return Label("link", elements) if elements else None
    envelope = _ENVELOPE.fullmatch(text)
    if envelope is not None:
        return _enveloped(envelope[1], envelope[2])
    if GS in text:
        return Label("gs1", read_elements(text))  # a plain code holds no separator
    return None


def _enveloped(form: str, content: str) -> Label:
    parts = [part for part in content.split(GS) if part]
    if form == "05":
        return Label("gs1", together([_element(part) for part in parts]))
    if form == "06":
        return Label("mh10", _matched(parts, _DATA_IDENTIFIER))
    if form == "12":
        return Label("tei", _matched(parts, _TEXT_ELEMENT))
    raise NotGs1(_("format %(form)s of ISO/IEC 15434 is not read here") % {"form": form})


def _element(part: str) -> tuple[str, str]:
    ((ai, value),) = read_elements_alone(part)
    return ai, value


def read_elements_alone(part: str) -> Elements:
    """One element, without asking what stands beside it."""
    for length in (2, 3, 4):
        try:
            return ((part[:length], checked(part[:length], part[length:])),)
        except NotGs1:
            continue
    raise NotGs1(_("“%(ai)s” is no known application identifier") % {"ai": part[:4]})


def _matched(parts: list[str], shape: re.Pattern[str]) -> Elements:
    found: dict[str, str] = {}
    for part in parts:
        match = shape.fullmatch(part)
        if match is None:
            raise NotGs1(_("“%(part)s” begins with no identifier") % {"part": part[:12]})
        if found.setdefault(match[1], match[2]) != match[2]:
            raise NotGs1(_("(%(ai)s) stands there twice") % {"ai": match[1]})
    if not found:
        raise NotGs1(_("it is empty"))
    return tuple(found.items())
