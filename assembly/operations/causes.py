"""The table of causes that quality chooses from: data, kept by planner and quality."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from assembly.models import Cause
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

Category = Literal["man", "machine", "material", "method", "measurement", "environment"]


class UnknownCause(Refusal):
    """No cause has that code, or it is retired."""


class CauseBlank(Refusal):
    """A cause without a code or a name."""


@operation(permission="assembly.keep_causes", returns=Cause)
def define_cause(
    *, caller: Caller, code: str, category: Category, name_ja: str, name_en: str, at_bench: bool = False
) -> Cause:
    """Register a cause, or change the names and category of one; a retired one is in use again. `at_bench`: stations
    offer it after NG. Nonconformities that name it keep it. Locks the cause. Refuses CauseBlank."""
    code = code.strip().upper()
    if not (code and name_ja.strip() and name_en.strip()):
        raise CauseBlank(
            _("A cause needs a code and a name in both languages."),
            true=_("Nothing was recorded."),
            do=_("Fill in what is blank."),
        )
    cause = Cause.objects.select_for_update(no_key=True).filter(code=code).first()
    key = cause.pk if cause else next_keys(Cause, 1)[0]
    event = record(
        caller, "assembly.cause-defined", ("assembly.cause", key), code=code, category=category, name_ja=name_ja,
        name_en=name_en, at_bench=at_bench,
    )  # fmt: skip
    row, _made = Cause.objects.update_or_create(
        pk=key,
        defaults={
            "code": code,
            "category": category,
            "name_ja": name_ja.strip(),
            "name_en": name_en.strip(),
            "at_bench": at_bench,
            "retired_at": None,
            "event_id": event,
        },
    )
    return row


@operation(permission="assembly.keep_causes", returns=Cause)
def retire_cause(*, caller: Caller, code: str) -> Cause:
    """Offer a cause no longer; what names it stays readable. Locks the cause. Refuses UnknownCause."""
    cause = Cause.objects.select_for_update(no_key=True).filter(code=code.strip().upper(), retired_at=None).first()
    if cause is None:
        raise _unknown(code)

    record(caller, "assembly.cause-retired", cause, code=cause.code)
    cause.retired_at = caller.at
    cause.save(update_fields=["retired_at"])
    return cause


def cause_of(code: str) -> Cause:
    """Step: the cause of a code, in use. Refuses UnknownCause."""
    cause = Cause.objects.filter(code=code.strip().upper(), retired_at=None).first()
    if cause is None:
        raise _unknown(code)
    return cause


def _unknown(code: str) -> UnknownCause:
    return UnknownCause(
        _("There is no cause %(code)s.") % {"code": code[:40]},
        true=_("Nothing was recorded."),
        do=_("Choose one from the list."),
    )
