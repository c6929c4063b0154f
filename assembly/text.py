"""What the product itself finds wrong, as codes with parameters: stored so, and told in the language of whoever reads.

A said thing is a mapping with `code` and the facts of its sentence; names of master data come in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from assembly.models import BurnInRun, Nonconformity

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
    "cause": "%(name)s",
    "plain": "%(text)s",
}
"""Code → sentence; `cause` names a row of the table of causes; `plain` is what a tester's file or a person said, in
their own words."""


def report_words(report: Nonconformity, language: str | None = None) -> str:
    """What a nonconformity says, in the reader's language: what the product found, or what a person wrote."""
    return told(report.says, language) if report.says else report.text


def ended_words(burn_in: BurnInRun, language: str | None = None) -> str:
    """Why a burn-in ended as it did, in the reader's language."""
    return told(burn_in.ended_says, language) if burn_in.ended_says else burn_in.ended_why


def _sentence(said: Said) -> str:
    facts = {name: _fact(value) for name, value in said.items()}
    sentence = SENTENCES.get(str(said.get("code")))
    return str(sentence) % facts if sentence is not None else facts.get("text", "")


def _fact(value: Any) -> str:
    """A name in both languages, indicator readings, or a plain fact."""
    if isinstance(value, Mapping):
        return str(value.get("en" if get_language() == "en" else "ja", ""))
    if isinstance(value, list | tuple):
        return ", ".join(_indicator(reading) for reading in value)
    return str(value)


def _indicator(reading: Any) -> str:
    word = _("tripped") if reading["state"] == "tripped" else _("missing")
    return f"{reading['serial']} {word}"
