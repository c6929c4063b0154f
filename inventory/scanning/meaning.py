"""From a label to the plain text that the resolvers know: the part's number and the serial, a lot's tag, an SSCC."""

from __future__ import annotations

import re

from django.db.models import Q
from django.utils.translation import gettext as _

from inventory.models import Lot, Part, PartAlias
from inventory.scanning.gs1 import GS
from inventory.scanning.labels import Label
from ledger.refusals import Refusal

_PREFIXED = re.compile(r"(?:S|1S|P|1P|30P|1T|T)([!-~]+)")


class LabelOfNothing(Refusal):
    """The label is read, but it names nothing that could be meant here."""


def text_of(label: Label) -> str:
    """What the label names, as plain text. Refuses LabelOfNothing: showing what was read, never guessing."""
    if label.kind in ("gs1", "link"):
        return _of_gs1(label)
    if label.kind == "tei":
        return _named(label, part=label.get("PNR", "PNO"), serial=label.get("SER", "SEQ"), lot=label.get("LOT", "BTH"))
    return _named(label, part=label.get("1P", "P", "30P"), serial=label.get("S", "1S"), lot=label.get("1T", "T"))


def _of_gs1(label: Label) -> str:
    for plain in ("00", "8004", "8003", "402", "401"):
        if label.get(plain):
            return label.get(plain)
    if label.get("254"):
        return f"LOC-{label.get('254')}"
    gtin = label.get("01", "02")
    part = _part_of_gtin(gtin) if gtin else None
    if part is None:
        raise _nothing(label, _("No part has the GTIN %(gtin)s.") % {"gtin": gtin} if gtin else "")
    return _of_part(label, part, label.get("21"), label.get("10"))


def _named(label: Label, *, part: str, serial: str, lot: str) -> str:
    known = _part_of_number(part) if part else None
    if known is None and serial:
        return serial  # the maker's own number is not ours: the serial must name one thing by itself
    if known is None:
        raise _nothing(label, _("No part has the number %(number)s.") % {"number": part} if part else "")
    return _of_part(label, known, serial, lot)


def _of_part(label: Label, part: Part, serial: str, lot: str) -> str:
    if serial:
        return f"{part.number}:{serial}"
    if lot:
        tag = Lot.objects.filter(part=part, number=lot).order_by("-pk").values_list("tag", flat=True).first()
        return tag or lot
    raise _nothing(label, _("The label names the part %(part)s, but not which one.") % {"part": part.number})


def _part_of_gtin(gtin: str) -> Part | None:
    """GTINs are kept with 8, 12, 13 or 14 digits: the same number without the zeros before it."""
    return Part.objects.filter(gtin__in=[gtin, *(gtin[cut:] for cut in (1, 2, 6) if gtin[:cut] == "0" * cut)]).first()


def _part_of_number(number: str) -> Part | None:
    alias = PartAlias.objects.filter(number=number).values("part_id")
    return Part.objects.filter(Q(number=number) | Q(pk__in=alias)).order_by("pk").first()


def _nothing(label: Label, say: str) -> LabelOfNothing:
    read = "  ".join(f"({name}) {value}" for name, value in label.elements)
    return LabelOfNothing(
        say or _("This label names nothing that is followed here."),
        true=_("It reads: %(read)s. Nothing was recorded.") % {"read": read[:120].replace(GS, "")},
        do=_("Scan the code with the serial, or the plant's own tag (現品票)."),
    )


def bare(text: str) -> str:
    """A plain code with the data identifier of its maker before it (`S1640124000234`): what follows; else nothing.

    Only asked when the whole text names nothing: many serials begin with such a letter."""
    match = _PREFIXED.fullmatch(text)
    return match[1] if match else ""
