"""What capability and control charts say in words: indices, refusals, rules, reasons, definitions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assembly.figures.capability import MINIMUM, Capability, Index
from assembly.figures.control import FEWEST, USUAL

WHY_WORDS: dict[str, Any] = {
    "used": gettext_lazy("counts"),
    "later": gettext_lazy("not the unit's first"),
    "reference": gettext_lazy("reference unit"),
    "no_number": gettext_lazy("no finite number"),
    "other_limits": gettext_lazy("judged by other limits"),
}
"""Whether a value counts, and why not."""

RULE_WORDS: dict[int, Any] = {
    1: gettext_lazy("1: beyond three sigma"),
    2: gettext_lazy("2: two of three beyond two sigma, one side"),
    3: gettext_lazy("3: four of five beyond one sigma, one side"),
    4: gettext_lazy("4: eight in a row on one side"),
}
"""The Western Electric rules, by the numbers that stand at the points."""


def index_words(told: Capability, unit: str) -> list[dict[str, Any]]:
    """The indices with their intervals, as readouts; nothing of what cannot be told."""
    shown: list[dict[str, Any]] = []
    if told.why in ("", "flat"):
        shown.append({"label": _("Mean"), "value": f"{told.mean:.4g}", "unit": unit})
        shown.append({"label": _("Standard deviation"), "value": f"{told.overall:.3g}", "unit": unit})
    shown.append({"label": _("Outside the limits"), "value": f"{told.outside:,}"})
    for name, figure in (("Cp", told.cp), ("Cpk", told.cpk), ("Pp", told.pp), ("Ppk", told.ppk)):
        if isinstance(figure, Index):
            ends = f"(95 %: {figure.low:.2f}–{figure.high:.2f})"
            shown.append({"label": name, "value": f"{figure.value:.2f}", "unit": ends})
        elif figure is not None:
            shown.append({"label": name, "value": f"{figure:.2f}"})
    return shown


def refusal_words(why: str, n: int) -> str:
    """What cannot be told and why; what to do now."""
    words = {
        "few": _("%(n)d values are too few for an index: it takes %(least)d. Choose a longer period."),
        "flat": _(
            "All values are the same: without spread there is no index. Look at the resolution of the instrument."
        ),
        "no_limits": _("Nothing limits this value, so it has no capability. The control chart needs no limits."),
        "none": _("No value of this kind ended on these days. Choose other days or another value."),
    }
    return words[why] % {"n": n, "least": MINIMUM}


def limits_words(key: str) -> str:
    """The limits that judged values: revision|low|high."""
    revision, low, high = (f"{key}||".split("|"))[:3]
    ends = [f"{float(end):g}" if end else "" for end in (low, high)]
    text = "–".join(ends) if all(ends) else f"≧ {ends[0]}" if ends[0] else f"≦ {ends[1]}" if ends[1] else _("no limits")
    return _("limits %(text)s, revision %(revision)s") % {"text": text, "revision": revision} if revision else text


def capability_rule() -> list[tuple[str, str]]:
    """The definitions, as they are computed (assembly.figures, assembly.queries.values)."""
    return [
        (
            _("Values"),
            _(
                "Of each unit (and each part of it that a tester names) the value of its first attempt that passed or "
                "failed, as corrected; of testers the first file that ran. Without reference units."
            ),
        ),
        (_("Limits"), _("Only values judged by the same limits are taken together; the others are counted beside.")),
        (
            _("Cp, Cpk"),
            _("Spread inside the process: mean range of the baseline ÷ d2. With one limit its side counts; no Cp."),
        ),
        (_("Pp, Ppk"), _("Spread of all values: standard deviation with n − 1.")),
        (
            _("Interval"),
            _(
                "95 %, by Bissell: C ± 1.96·√(1/(9n) + C²/(2ν)); ν is n − 1 for Ppk, for Cpk 0.62 (n − 1) or "
                "0.9 k (m − 1) of the baseline."
            ),
        ),
        (_("Fewest values"), _("%(n)d; below that no index is shown.") % {"n": MINIMUM}),
        (
            _("Normality"),
            _("Anderson–Darling, mean and deviation from the values; below p = 0.05 the indices carry a warning."),
        ),
        (
            _("Control limits"),
            _(
                "Centre ± 3 sigma from the baseline: the days stated, else the first %(usual)d points; none below "
                "%(few)d points. Several values of one file are a group (X̄-R), single ones are individuals (I-MR)."
            )
            % {"usual": USUAL, "few": FEWEST},
        ),
        (_("Rules"), " · ".join(str(word) for word in RULE_WORDS.values()) + _(" (Western Electric)")),
    ]
