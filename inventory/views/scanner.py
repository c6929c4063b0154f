"""The page on which a scanner is set up: codes to read, and what to change where one does not come through right."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from documents.paper.code_shapes import CodeShape, bar_shape, dot_shape

SEPARATED = "[)>\x1e06\x1dGP4\x1dS12\x1e\x04"
"""ISO 15434, format 06: the separators that a scanner must send (standards/IDENTIFIERS.md)."""


@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def scanner_setup(request: HttpRequest) -> HttpResponse:
    """Four codes. What arrives is compared in the page: the codes mean nothing to the plant and record nothing."""
    context = {
        "station": {"code": "", "name": _("Set up a scanner")},
        "now": timezone.now(),
        "leave_url": "",
        "steps": [_ending(), _layout(), _case(), _separators()],
    }
    return render(request, "inventory/scanner_setup.html", context)


def _step(name: str, title: str, text: str, shape: CodeShape, verdicts: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "expected": json.dumps(text),
        "shape": shape,
        "verdicts": list(verdicts.items()),
    }


def _ending() -> dict[str, Any]:
    text = "GP1-0123456789"
    verdicts = {
        "enter": _("The scanner ends with Enter, as it should."),
        "tab": _("The scanner ends with Tab. That works; Enter is better."),
        "pause": _("The scanner sends no end. It works after a short pause; set the suffix to Enter (CR)."),
        "broken": _("Not all of the code arrived. Set the scanner's delay between characters to zero and read again."),
    }
    return _step("ending", _("The end of a scan"), text, bar_shape(text), verdicts)


def _layout() -> dict[str, Any]:
    text = "GP2:=_@[]"
    verdicts = {
        "right": _("Scanner and computer have the same keyboard layout."),
        "us_on_jis": _("The scanner types for US, the computer reads JIS. Set the scanner to Japanese (JIS)."),
        "jis_on_us": _("The scanner types for JIS, the computer reads US. Set the scanner to US."),
        "wide": _("Full-width signs arrived: turn the IME off (半角/全角). They are understood all the same."),
        "broken": _("Other signs arrived than the code holds. Set the scanner's layout anew and read again."),
    }  # fmt: skip
    return _step("layout", _("The keyboard layout"), text, bar_shape(text), verdicts)


def _case() -> dict[str, Any]:
    text = "GP3aBcDeF"
    verdicts = {
        "right": _("Large and small letters arrive as printed."),
        "swapped": _("Large and small letters are swapped: turn Caps Lock off."),
        "large": _("All letters arrive large: turn the scanner's case conversion off."),
        "broken": _("Other letters arrived than the code holds. Read it again."),
    }
    return _step("case", _("Large and small letters"), text, bar_shape(text), verdicts)


def _separators() -> dict[str, Any]:
    verdicts = {
        "right": _("The separators of suppliers' labels (GS, RS, EOT) arrive."),
        "lost": _("The separators are lost. Let the scanner send control characters (FNC1 as GS)."),
        "other": _("The separators arrive as other signs. Let the scanner send control characters."),
        "broken": _("Not all of the code arrived. Read it again."),
    }  # fmt: skip
    return _step("separators", _("Suppliers' two-dimensional labels"), SEPARATED, dot_shape(SEPARATED), verdicts)
