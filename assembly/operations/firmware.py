"""Firmware baselines: drafted by who tests, released by quality. From its release a baseline counts for every rack that
does not soak yet; a rack that soaks or has soaked keeps the one of its soak (decision 0018)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from django.utils.translation import gettext as _

from accounts.models import User
from assembly.models import DesignSlot, FirmwareBaseline, FirmwareNeed
from assembly.models.firmware import PLAIN_NUMBERS
from assembly.operations.test_rows import FIRMWARE, UNREAD
from assembly.queries.firmware import DOCUMENTED, reported_components
from inventory.models import Part
from inventory.operations.bom_drafts import refuse_no_discard_reason
from inventory.operations.units import revision_of
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import refuse_stale, refuse_stale_part, write_changed

FirmwareRule = Literal["one_of", "at_least"]
NEEDS_LIMIT, VERSIONS_LIMIT, TEXT_LIMIT, REASON_LIMIT = 100, 20, 80, 500
REPORTING = ("compute", "switch", "shelf")
"""Kinds of slots whose units report firmware themselves."""


class PartWithoutFirmware(Refusal):
    """The part sits in no place of a rack that reports firmware."""


class UnknownComponent(Refusal):
    """No tool reports a component of that name."""


class WrongNeed(Refusal):
    """A component twice, without a version, or `at least` a version that has no order."""


class NoBaselineDraft(Refusal):
    """No draft of the part's baseline is begun."""


class EmptyBaseline(Refusal):
    """The draft asks for nothing: such a baseline is not released."""


class BaselineReasonWanted(Refusal):
    """Nobody says why this baseline is right."""


@dataclass(frozen=True, slots=True)
class NeedSpec:
    """What is asked of a component, named as the tool names it (`vbios`, `FW_BMC_0`): one of the versions as they are
    reported, or (`at_least`) one version of plain numbers with points, which may be higher."""

    component: str
    versions: tuple[str, ...]
    rule: FirmwareRule = "one_of"


@operation(permission="assembly.keep_firmware", returns=FirmwareBaseline)
def draft_firmware_baseline(
    *, caller: Caller, part_number: str, needs: list[NeedSpec], version: int = 0
) -> FirmwareBaseline:
    """Draft the next revision of a part's baseline (`version` 0), or change the draft that was seen (`version`: its
    version). `needs` are all that it asks for. A draft stops nothing. Locks the draft.

    Refuses UnknownPart, PartWithoutFirmware, UnknownComponent, WrongNeed, StaleEdit, NoBaselineDraft (it was released
    or given up meanwhile)."""
    part = revision_of(part_number.strip(), "").part
    _refuse_other_part(part)
    needs = _checked(part, needs)
    draft = _draft_of(part)
    if draft is None:
        _refuse_no_draft(part, needed=version != 0)
        return _drafted(caller, part, needs)
    before, after = _told(_needs_of(draft)), _told(needs)
    refuse_stale_part(draft, "needs", draft.version, version, before, dict.fromkeys(before, "") | dict(after))
    changed = {
        f"needs.{name}": [before.get(name, ""), after.get(name, "")]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    if not changed:
        return draft

    draft.event_id = write_changed(
        caller, draft, "assembly.firmware-baseline-changed", changed, part=part.number, revision=draft.revision
    )
    draft.save(update_fields=["version", "event_id"])
    draft.needs.all().delete()
    FirmwareNeed.objects.bulk_create(_rows(draft, needs))
    return draft


@operation(permission="assembly.release_firmware", returns=FirmwareBaseline)
def release_firmware_baseline(*, caller: Caller, part_number: str, version: int, reason: str) -> FirmwareBaseline:
    """Release the draft that was seen: from now on it counts for every rack that does not soak yet, and is fixed.
    `reason`: the bundle, the order or the decision it comes from. Locks the draft.

    Refuses UnknownPart, NoBaselineDraft, StaleEdit, EmptyBaseline, BaselineReasonWanted."""
    draft = _seen_draft(part_number, version)
    needs, reason = _needs_of(draft), reason.strip()[:REASON_LIMIT]
    if not needs:
        raise EmptyBaseline(
            _("%(name)s asks for nothing yet.") % {"name": str(draft)},
            true=_("A baseline that asks for nothing is not released."),
            do=_("Add a component, or give the draft up."),
        )
    if not reason:
        raise BaselineReasonWanted(
            _("Say why this baseline is right."),
            true=_("Nothing was recorded."),
            do=_("Name the bundle, the order or the decision it comes from."),
        )

    draft.event_id = write_changed(
        caller, draft, "assembly.firmware-baseline-released", {"released_at": [None, caller.at.isoformat()]},
        part=draft.part.number, revision=draft.revision, reason=reason, needs=_told(needs),
    )  # fmt: skip
    draft.released_at, draft.released_by, draft.reason = caller.at, cast("User", caller.user), reason
    draft.save(update_fields=["released_at", "released_by", "reason", "event_id", "version"])
    return draft


@operation(permission="assembly.keep_firmware")
def discard_firmware_baseline(*, caller: Caller, part_number: str, version: int, reason: str) -> dict[str, str]:
    """Give up the draft that was seen; the event keeps what it asked for. Locks the draft.

    Refuses UnknownPart, NoBaselineDraft, StaleEdit, DiscardReasonWanted."""
    draft = _seen_draft(part_number, version)
    refuse_no_discard_reason(reason)

    write_changed(
        caller, draft, "assembly.firmware-baseline-discarded", {"draft": [str(draft), None]}, part=draft.part.number,
        revision=draft.revision, reason=reason.strip(), needs=_told(_needs_of(draft)),
    )  # fmt: skip
    draft.needs.all().delete()
    draft.delete()
    return {"discarded": str(draft)}


def _drafted(caller: Caller, part: Part, needs: Sequence[NeedSpec]) -> FirmwareBaseline:
    last = FirmwareBaseline.objects.filter(part=part).order_by("-revision").values_list("revision", flat=True).first()
    draft = FirmwareBaseline.objects.create(
        part=part, revision=(last or 0) + 1, drafted_at=caller.at, drafted_by_id=caller.user.pk, event_id=0
    )
    FirmwareNeed.objects.bulk_create(_rows(draft, needs))
    draft.event_id = record(
        caller, "assembly.firmware-baseline-drafted", draft, part=part.number, revision=draft.revision,
        needs=_told(needs), version=1,
    )  # fmt: skip
    draft.save(update_fields=["event_id"])
    return draft


def _draft_of(part: Part) -> FirmwareBaseline | None:
    drafts = FirmwareBaseline.objects.select_for_update(no_key=True, of=("self",)).select_related("part")
    return drafts.filter(part=part, released_at=None).first()


def _seen_draft(part_number: str, version: int) -> FirmwareBaseline:
    part = revision_of(part_number.strip(), "").part
    draft = _draft_of(part)
    _refuse_no_draft(part, needed=draft is None)
    refuse_stale(draft, version, {})
    return cast("FirmwareBaseline", draft)


def _refuse_no_draft(part: Part, *, needed: bool) -> None:
    if needed:
        raise NoBaselineDraft(
            _("There is no draft of a firmware baseline for %(part)s.") % {"part": part.number},
            true=_("It was released or given up, or never begun. Nothing was recorded."),
            do=_("Look at the baselines of the part, and begin a draft."),
        )


def _refuse_other_part(part: Part) -> None:
    slots = DesignSlot.objects.filter(part=part, kind__in=REPORTING)
    if part.kind not in REPORTING and not slots.exists():
        raise PartWithoutFirmware(
            _("%(part)s is no tray, switch tray or power shelf.") % {"part": part.number},
            true=_("Firmware is read of those. Nothing was recorded."),
            do=_("Name the part that sits in the rack's slot."),
        )


def _checked(part: Part, needs: Sequence[NeedSpec]) -> list[NeedSpec]:
    """What is asked, trimmed. Refuses WrongNeed, UnknownComponent."""
    if len(needs) > NEEDS_LIMIT:
        raise _wrong(_("A baseline asks for at most %(count)d components.") % {"count": NEEDS_LIMIT})
    trimmed = [
        NeedSpec(one.component.strip(), tuple(dict.fromkeys(text.strip() for text in one.versions)), one.rule)
        for one in needs
    ]
    names = [one.component for one in trimmed]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _wrong(_("“%(name)s” stands there twice.") % {"name": twice[:TEXT_LIMIT]})
    for one in trimmed:
        _refuse_wrong(one)
    _refuse_unknown(part, names)
    return trimmed


def _refuse_wrong(need: NeedSpec) -> None:
    told = {"name": need.component[:TEXT_LIMIT]}
    if not need.component or " " in need.component:
        raise _wrong(_("A line has no component, or a name with a blank in it: “%(name)s”.") % told)
    if not need.versions or not all(need.versions):
        raise _wrong(_("“%(name)s” has no version, or an empty one.") % told)
    if len(need.versions) > VERSIONS_LIMIT or any(len(text) > TEXT_LIMIT for text in need.versions):
        raise _wrong(
            _("“%(name)s” has more than %(count)d versions, or one of more than %(length)d characters.")
            % {**told, "count": VERSIONS_LIMIT, "length": TEXT_LIMIT}
        )
    if UNREAD in need.versions:
        raise _wrong(_("“?” is what stands where no version was read: nothing is required so.") % told)
    if need.rule == "at_least" and (len(need.versions) > 1 or not re.fullmatch(PLAIN_NUMBERS, need.versions[0])):
        raise _wrong(
            _("“%(name)s”: “at least” takes one version of numbers with points, such as 580.173.02.") % told,
            do=_("Name the accepted versions instead: letters and dashes have no order."),
        )


def _refuse_unknown(part: Part, names: Iterable[str]) -> None:
    known = {name.removesuffix("_version") for name in FIRMWARE} | DOCUMENTED
    strange = sorted(set(names) - known)
    if strange:
        strange = sorted(set(strange) - reported_components(part.pk))
    if strange:
        raise UnknownComponent(
            _("No file of %(part)s reports a component “%(name)s”.")
            % {"part": part.number, "name": strange[0][:TEXT_LIMIT]},
            true=_("It would stop every rack. Nothing was recorded."),
            do=_("Take the name as the tool writes it, or import a readout that has it first."),
        )


def _wrong(say: str, do: str = "") -> WrongNeed:
    return WrongNeed(say, true=_("Nothing was recorded."), do=do or _("Correct the baseline."))


def _needs_of(baseline: FirmwareBaseline) -> list[NeedSpec]:
    return [
        NeedSpec(row.component, tuple(row.versions), cast("FirmwareRule", row.rule)) for row in baseline.needs.all()
    ]


def _rows(baseline: FirmwareBaseline, needs: Sequence[NeedSpec]) -> list[FirmwareNeed]:
    return [
        FirmwareNeed(baseline=baseline, component=one.component, rule=one.rule, versions=list(one.versions))
        for one in needs
    ]


def _told(needs: Iterable[NeedSpec]) -> Mapping[str, str]:
    """What events say: the component, and what is asked of it as people read it."""
    return {
        one.component: FirmwareNeed(rule=one.rule, versions=list(one.versions)).wanted
        for one in sorted(needs, key=lambda one: one.component)
    }


for _name in ("firmware_baseline_has_one_draft", "firmware_baseline_revision_is_unique"):
    wall(
        _name,
        lambda: WrongNeed(
            _("Somebody drafted this baseline at the same moment."),
            true=_("Nothing was recorded."),
            do=_("Open that draft and go on with it."),
        ),
    )
