"""The papers of assembly: traveller, as-built record and certificate, by serial, tag or order number of a build; the
nonconformity report by its number.

A room above operations, as `scanning` is: keys are resolved by `inventory.operations.finding`."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.documents import as_built, certificate, kit_list, nonconformity, traveller
from assembly.documents.as_built import AsBuiltSheet
from assembly.documents.certificate_sheet import CertificateSheet
from assembly.documents.kit_list import KitSheet
from assembly.documents.nonconformity import NonconformitySheet
from assembly.documents.traveller_sheet import TravellerSheet
from assembly.models import Build, Kit, Nonconformity
from assembly.queries.as_built import as_built_sheet
from assembly.queries.certificate import certificate_sheet, has_evidence
from assembly.queries.kit_sheet import kit_sheet
from assembly.queries.nonconformity_sheet import nonconformity_sheet
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
