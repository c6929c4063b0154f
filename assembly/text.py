"""What the product itself finds wrong, as codes with parameters: stored so, and told in the language of whoever reads.

A said thing is a mapping with `code` and the facts of its sentence; names of master data come in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from assembly.models import BurnInRun, Nonconformity
from assembly.reader_words import in_japanese, is_known

Said = Mapping[str, Any]


def told(says: Sequence[Said], language: str | None = None) -> str:
    """These findings as sentences, in the reader's language unless one is given."""
    with override(language or get_language()):
        return "; ".join(_sentence(said) for said in says)


SENTENCES: dict[str, Any] = {
    "value-outside": gettext_lazy("%(name)s %(value)s is outside %(limits)s"),
    "soaked": gettext_lazy("Burn-in: %(done)s of %(wanted)s minutes soaked."),
    "soak-missing": gettext_lazy("%(missing)s minutes of soaking are missing"),
    "alarm-open": gettext_lazy("the alarm of %(series)s is open"),
    "leak-seen": gettext_lazy("a leak was seen by %(series)s"),
    "indicators": gettext_lazy("Indicators at receipt: %(readings)s"),
    "seals": gettext_lazy("Seals at the hand-over: %(readings)s"),
    "crate-missing": gettext_lazy("The crate was not there at a hand-over."),
    "excursion": gettext_lazy("%(name)s %(peak)s from %(began)s (limit %(limit)s), held by %(holder)s"),
    "logger-missing": gettext_lazy("Logger %(serial)s was missing."),
    "logger-lost": gettext_lazy("The data of logger %(serial)s are lost: %(text)s"),
    "road-asks": gettext_lazy("Asked for before acceptance: the logger's data, a re-test of NVLink and of leaks."),
    "cause": "%(name)s",
    "plain": "%(text)s",
}
"""Code → sentence; `cause` names a row of the table of causes; `plain` is what a tester's file or a person said, in
their own words."""


def report_words(report: Nonconformity, language: str | None = None) -> str:
    """What a nonconformity says, in the reader's language: what the product found, or what a person wrote."""
    if report.says:
        return told(report.says, language)
    with override(language or get_language()):
        return _plain(report.text)


def reader_words(sentence: str, language: str | None = None) -> str:
    """A sentence that a reader of testers' files said, stored in English, in the language of whoever looks."""
    return sentence if (language or get_language()) == "en" else in_japanese(sentence)


def reasons_words(reasons: Sequence[str], language: str | None = None) -> str:
    """Reasons of a test run in one line, in the reader's language."""
    return "; ".join(reader_words(reason, language) for reason in reasons)


def ended_words(burn_in: BurnInRun, language: str | None = None) -> str:
    """Why a burn-in ended as it did, in the reader's language."""
    return told(burn_in.ended_says, language) if burn_in.ended_says else burn_in.ended_why


def _sentence(said: Said) -> str:
    facts = {name: _fact(value) for name, value in said.items()}
    if said.get("code") == "plain":
        return _plain(str(said.get("text", "")))
    sentence = SENTENCES.get(str(said.get("code")))
    return str(sentence) % facts if sentence is not None else facts.get("text", "")


def _plain(text: str) -> str:
    """What a person wrote, as it is; a tester's file's reasons (`tool: reason; reason`) in the reader's language."""
    tool, mark, told_by_file = text.partition(": ")
    reasons = told_by_file.split("; ")
    if not mark or get_language() == "en" or not any(map(is_known, reasons)):
        return text
    return f"{tool}: {reasons_words(reasons)}"


def _fact(value: Any) -> str:
    """A name in both languages, indicator readings, or a plain fact."""
    if isinstance(value, Mapping):
        return str(value.get("en" if get_language() == "en" else "ja", ""))
    if isinstance(value, list | tuple):
        return ", ".join(_indicator(reading) for reading in value)
    return str(value)


def _indicator(reading: Any) -> str:
    words = {"tripped": _("tripped"), "broken": _("broken")}
    return f"{reading['serial']} {words.get(reading['state'], _('missing'))}"
