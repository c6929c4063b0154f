"""The papers of assembly: traveller, as-built record and certificate, by serial, tag or order number of a build; the
nonconformity report by its number.

A room above operations, as `scanning` is: keys are resolved by `inventory.operations.finding`."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Station
from assembly.documents import as_built, calibration_list, certificate, kit_list, nonconformity, traveller
from assembly.documents import station_history as station_history_paper
from assembly.documents.as_built import AsBuiltSheet
from assembly.documents.calibration_list import CalibrationSheet
from assembly.documents.certificate_sheet import CertificateSheet
from assembly.documents.kit_list import KitSheet
from assembly.documents.nonconformity import NonconformitySheet
from assembly.documents.station_history import StationHistorySheet
from assembly.documents.traveller_sheet import TravellerSheet
from assembly.models import Build, BurnInCell, Kit, Nonconformity
from assembly.queries.as_built import as_built_sheet
from assembly.queries.calibration_sheet import KINDS, calibration_sheet
from assembly.queries.certificate import certificate_sheet, has_evidence
from assembly.queries.kit_sheet import kit_sheet
from assembly.queries.nonconformity_sheet import nonconformity_sheet
from assembly.queries.station_history import DAYS, LONGEST, Period, cell_history, station_history
from assembly.queries.traveller import traveller_sheet
from documents.kinds import DocumentKind, NothingToPrint, Subject, register_kind
from inventory.operations.finding import AmbiguousSerial, find_unit_ids, one_unit_id
from ledger.refusals import Refusal


def find_build(key: str) -> Build:
    """The build of the unit that a key names, else of the order number.

    Refuses LayoutError, UnknownSerial, AmbiguousSerial, NothingToPrint (the unit is not made here)."""
    hits = find_unit_ids([key])[key]
    builds = list(Build.objects.filter(unit_id__in=hits).select_related("unit", "design"))
    if not hits:
        builds = list(Build.objects.filter(order_number=key.strip()).select_related("unit", "design")[:2])
    if len(builds) == 1:
        return builds[0]
    if len(builds) > 1 and not hits:
        raise AmbiguousSerial(
            _("Several builds have the order number %(number)s.") % {"number": key[:60]},
            do=_("Name the rack or tray by its serial."),
        )
    one_unit_id(key, hits)
    raise NothingToPrint(
        _("%(unit)s is not made here.") % {"unit": key[:60]}, do=_("Name a rack or tray of the plant.")
    )


def find_made(key: str) -> Subject:
    build = find_build(key)
    return Subject("assembly.build", build.pk, build.unit.name)


def find_rack(key: str) -> Subject:
    """As find_build; refuses NothingToPrint for a tray, whose configuration is in its rack's record."""
    build = find_build(key)
    if build.design.kind != "rack":
        raise NothingToPrint(
            _("%(unit)s is a tray; an as-built record is about a rack.") % {"unit": build.unit.name},
            do=_("Name the rack, or print the tray's traveller."),
        )
    return Subject("assembly.build", build.pk, build.unit.name)


def find_kit(key: str) -> Subject:
    """The kit of a number. Refuses NothingToPrint."""
    kit = Kit.objects.filter(number=key.strip().upper()).first()
    if kit is None:
        raise NothingToPrint(_("There is no kit %(number)s.") % {"number": key[:60]}, do=_("Choose one on the list."))
    return Subject("assembly.kit", kit.pk, kit.number)


def _kit(subject: Subject) -> KitSheet:
    return kit_sheet(subject.id)


def _traveller(subject: Subject) -> TravellerSheet:
    return traveller_sheet(subject.id)


def _as_built(subject: Subject) -> AsBuiltSheet:
    return as_built_sheet(subject.id)


register_kind(DocumentKind("traveller", "TRV", "工程移動票", "Traveller", find_made, _traveller, traveller.story))
register_kind(DocumentKind("as-built", "ABR", "実装構成記録", "As-built record", find_rack, _as_built, as_built.story))
register_kind(DocumentKind("kit_list", "KIT", "配膳表", "Kit list", find_kit, _kit, kit_list.story))


class NotJudged(Refusal):
    """Tests or burn-in have no verdict yet: what would be handed over is no certificate."""


def find_tested(key: str) -> Subject:
    """As find_build; refuses NothingToPrint for what was never tested."""
    build = find_build(key)
    if not has_evidence(build):
        raise NothingToPrint(
            _("Nothing of %(unit)s was tested yet.") % {"unit": build.unit.name},
            do=_("Import its testers' files or start its test operations first."),
        )
    return Subject("assembly.build", build.pk, build.unit.name)


def _certificate(subject: Subject) -> CertificateSheet:
    return certificate_sheet(subject.id)


def _refuse_draft(sheet: CertificateSheet) -> None:
    if not sheet.verdict:
        language = get_language() or "ja"
        raise NotJudged(
            _("%(unit)s has no verdict yet: this is no certificate.") % {"unit": sheet.serial},
            true=_("Missing: %(what)s.") % {"what": "; ".join(one.say(language) for one in sheet.missing)},
            do=_("Look at a copy; issue it when everything is judged."),
        )


register_kind(
    DocumentKind(
        "certificate",
        "TBC",
        "試験・エージング成績書",
        "Test and burn-in certificate",
        find_tested,
        _certificate,
        certificate.story,
        refuse_issue=_refuse_draft,
    )
)


def find_report(key: str) -> Subject:
    """The nonconformity of a number. Refuses NothingToPrint."""
    report = Nonconformity.objects.filter(number=key.strip()).first()
    if report is None:
        raise NothingToPrint(
            _("There is no nonconformity %(number)s.") % {"number": key[:40]}, do=_("Check the number on the list.")
        )
    return Subject("assembly.nonconformity", report.pk, report.number)


def _report(subject: Subject) -> NonconformitySheet:
    return nonconformity_sheet(subject.name)


register_kind(
    DocumentKind(
        "nonconformity", "NCR", "不適合報告書", "Nonconformity report", find_report, _report, nonconformity.story
    )
)


PERIOD = re.compile(r"(?P<code>[^@]{1,60})(?:@(?P<first>\d{4}-\d{2}-\d{2})\.\.(?P<last>\d{4}-\d{2}-\d{2}))?", re.ASCII)


def find_history(key: str) -> Subject:
    """The history of a station or burn-in cell: `T1` (the last 30 days) or `T1@2026-11-01..2026-11-26`, days of the
    plant, both included. Refuses NothingToPrint."""
    match = PERIOD.fullmatch(key.strip())
    place = _place(match["code"]) if match else None
    if match is None or place is None:
        raise NothingToPrint(
            _("There is no station or cell %(code)s.") % {"code": key[:60]}, do=_("Choose one on the list of stations.")
        )
    period = _period(match["first"], match["last"])
    name = f"{place.code}@{period.from_on}..{period.to_on}"
    return Subject("assembly.station-history", subject_number(name), name)


def _place(code: str) -> Station | BurnInCell | None:
    return Station.objects.filter(code=code).first() or BurnInCell.objects.filter(code=code).first()


def _period(first: str | None, last: str | None) -> Period:
    """The days of a key; without any, the last 30."""
    if first is None or last is None:
        today = timezone.localdate()
        return Period(today - timedelta(days=DAYS - 1), today)
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        period = None
    if period is None or not timedelta() <= period.to_on - period.from_on < timedelta(days=LONGEST):
        raise NothingToPrint(
            _("A period runs from a day to the same or a later one, over at most %(days)d days.") % {"days": LONGEST},
            do=_("Write it as 2026-11-01..2026-11-26."),
        )
    return period


def subject_number(name: str) -> int:
    """What identifies a list that is no row of any table: a number from its name, the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")


def _history(subject: Subject) -> StationHistorySheet:
    code, _mark, days = subject.name.partition("@")
    place = _place(code)
    period = _period(*days.split("..", 1))
    if isinstance(place, Station):
        return station_history(place, subject.name, period)
    if place is None:
        raise NothingToPrint(_("There is no station or cell %(code)s.") % {"code": code[:60]})
    return cell_history(place, subject.name, period)


register_kind(
    DocumentKind(
        "station-history", "STH", "設備履歴", "Station history", find_history, _history, station_history_paper.story
    )
)


def find_tools(key: str) -> Subject:
    """The tools of a kind, or `all`, as of today (or `all@2026-11-26`). Refuses NothingToPrint."""
    kind, mark, day = key.strip().partition("@")
    if kind.lower() not in KINDS or (mark and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII)):
        raise NothingToPrint(
            _("There is no list of tools “%(key)s”.") % {"key": key[:40]},
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(KINDS)},
        )
    name = f"{kind.lower()}@{day or timezone.localdate().isoformat()}"
    return Subject("assembly.calibration-list", subject_number(name), name)


def _calibrations(subject: Subject) -> CalibrationSheet:
    kind, _mark, day = subject.name.partition("@")
    return calibration_sheet(kind, date.fromisoformat(day))


register_kind(
    DocumentKind(
        "calibration-list", "CAL", "校正一覧", "Calibration list", find_tools, _calibrations, calibration_list.story
    )
)
