"""What scanners, people and files write, brought to one form (RULINGS 9). Raw text is kept beside it, always."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from ledger.refusals import Refusal

SENTINELS = frozenset(
    {
        "",
        "n/a",
        "[n/a]",
        "na",
        "none",
        "null",
        "unknown",
        "-",
        "unspecified serial number",
        "<<<not_supported>>>",
        "redacted",
        "cpldserialnumber",
        "not specified",
        "not available",
        "to be filled by o.e.m.",
        "default string",
        "system serial number",
        "chassis serial number",
        "not supported",
        "[not supported]",
    }
)
"""Words that tools write for "I do not know" (domain/nvl72.md rule 5): absent, never equal to each other."""

LIMIT = 200
"""Characters in one identifier; longer text is no identifier."""

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class LayoutError(Refusal):
    """The text holds what no label holds: the scanner's keyboard layout or the IME is wrong."""


class TextUnprintable(Refusal):
    """A name or code holds what no paper and no page can show."""


def remark(text: str, limit: int | None = None) -> str:
    """Step: a reason or note as somebody types it: line breaks and runs of blanks become one blank. Refuses
    TextUnprintable where the rest cannot be printed or is longer than `limit` (None: whoever asks says so himself)."""
    line = " ".join(text.split())
    refuse_unprintable(line, limit=max(len(line), 1) if limit is None else limit)
    return line


def refuse_unprintable(*texts: str, limit: int = LIMIT) -> None:
    """Step: names and codes of master data are one line of printable characters, at most LIMIT. Refuses
    TextUnprintable."""
    for text in texts:
        if len(text) > limit or any(map(_is_invisible, text)):
            shown = "".join("·" if _is_invisible(char) else char for char in text[:40])
            raise TextUnprintable(
                _("“%(text)s” is longer than %(limit)d characters or holds some that cannot be printed.")
                % {"text": shown, "limit": limit},
                true=_("Nothing was recorded."),
                do=_("Type it again without line breaks and control characters."),
            )


def _is_invisible(char: str) -> bool:
    """Controls, bidi marks, lone surrogates, line and paragraph separators; the wide space U+3000 is none of them."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def fold(text: str) -> str:
    """Full-width forms U+FF01–FF5E and U+3000 to ASCII, and trimmed; nothing else (NFKC would turn ⁰ into 0)."""
    return text.translate(_FOLD).strip(" \t\r\n")


def normalise(raw: str) -> str:
    """The form for matching: folded, trimmed, printable ASCII, case kept. Refuses LayoutError."""
    text = fold(raw)
    if len(text) > LIMIT:
        raise LayoutError(_("The scanned text is too long for a label (%(count)d characters).") % {"count": len(text)})
    odd = next((char for char in text if not 0x20 <= ord(char) <= 0x7E), None)
    if odd is not None:
        raise LayoutError(
            _("The scan holds a character that no label has: %(char)s.") % {"char": f"U+{ord(odd):04X}"},
            true=_("Nothing was recorded."),
            do=_("Turn the IME off, check the scanner's keyboard layout (US/JIS) and scan again."),
        )
    return text


def is_sentinel(text: str) -> bool:
    """Whether a tool meant "not known": a word of the list, all zeros, all F."""
    folded = fold(text).lower()
    if folded in SENTINELS:
        return True
    bare = re.sub(r"[-:.\s]", "", folded.removeprefix("0x").removeprefix("gpu"))
    return bool(bare) and len(bare) > 3 and (set(bare) == {"0"} or set(bare) == {"f"})


def normalise_identifier(kind: str, raw: str) -> str | None:
    """The normalised form of an identifier of this kind, or None when it is absent. Refuses LayoutError.

    MAC and UUID: lower case, canonical separators."""
    if is_sentinel(raw):
        return None
    text = normalise(raw)
    if kind == "mac":
        digits = re.sub(r"[^0-9A-Fa-f]", "", text).lower()
        return ":".join(digits[i : i + 2] for i in range(0, 12, 2)) if len(digits) == 12 else text.lower()
    if kind == "uuid":
        lowered = text.lower()
        return lowered if lowered.startswith("gpu-") else lowered.removeprefix("urn:uuid:")
    return text


_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(body: str) -> str:
    """The check character of ISO 7064 mod 37,36 over digits and capitals; finds every single slip and swap."""
    product = 36
    for char in body:
        total = (product + _ALPHABET.index(char)) % 36 or 36
        product = (total * 2) % 37
    return _ALPHABET[(37 - product) % 36]


def tag_text(number: int) -> str:
    """The tag of the n-th thing: GP, eight digits, check character."""
    body = f"GP{number:08d}"
    return body + check_character(body)


def is_tag(text: str) -> bool:
    """Whether this is one of the plant's own tags, check character and all."""
    return (
        len(text) == 11
        and text.startswith("GP")
        and text[2:10].isascii()
        and text[2:10].isdecimal()
        and check_character(text[:10]) == text[10]
    )
