"""What the plant does after a verdict: rules as released data. A change is the next revision of all of them, and what
was read keeps the revision that disposed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from assembly.models import DispositionRule, DispositionRules
from assembly.models.dispositions import RULED_DISPOSITIONS
from assembly.operations.nonconformities import ReasonWanted
from assembly.queries.dispositions import rules_in_force
from assembly.test_logs.result import FORMATS, Disposition
from assembly.test_logs.rules import CONDITIONS, SHIPPED
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

REASON_LIMIT = 300


class WrongRule(Refusal):
    """The rule speaks of nothing that is known, or accepts a fault."""


class RulesChanged(Refusal):
    """Somebody released other rules since these were looked at."""


class SameRules(Refusal):
    """Nothing would be different."""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule: the tool ("" = every tool), the condition (verdict, severity, error, exit, exit-clean) with its key,
    the disposition (accept only after an exit code) and the reason that people read."""

    condition: str
    key: str
    disposition: str
    reason: str
    tool: str = ""


@operation(permission="assembly.keep_dispositions", returns=DispositionRules)
def release_dispositions(*, caller: Caller, revision: int, changes: list[RuleSpec], reason: str) -> DispositionRules:
    """Release the next revision of the disposition rules: those in force with these changes (each is a new rule or
    replaces the one of its tool, condition and key). `revision`: the one that was looked at (0: the shipped rules).
    Files read from now on are disposed by it; what was read keeps its own.

    Locks nothing: a revision is released once (constraint). Refuses RulesChanged, WrongRule, SameRules,
    ReasonWanted."""
    changed = {(one.tool, one.condition, one.key): one for one in map(_checked, changes)}
    if not reason.strip():
        raise ReasonWanted(_("Say why the rules change."), true=_("Nothing was recorded."))
    newest, told = rules_in_force()
    if revision != (newest.revision if newest else 0):
        raise RulesChanged(
            _("Other rules were released meanwhile: revision %(revision)d.")
            % {"revision": newest.revision if newest else 0},
            true=_("Nothing was recorded."),
            do=_("Look at the rules again."),
        )
    before = dict(told or SHIPPED)
    rules = before | {at: (cast(Disposition, one.disposition), one.reason) for at, one in changed.items()}
    if rules == before and newest is not None:
        raise SameRules(_("The rules say that already."), true=_("Nothing was recorded."))
    return _released(caller, revision + 1, rules, before, reason.strip()[:REASON_LIMIT])


def _released(
    caller: Caller,
    revision: int,
    rules: Mapping[tuple[str, str, str], tuple[Disposition, str]],
    before: Mapping[tuple[str, str, str], tuple[Disposition, str]],
    reason: str,
) -> DispositionRules:
    changes = [
        {"tool": at[0], "condition": at[1], "key": at[2], "disposition": [before.get(at, ("", ""))[0], rule[0]],
         "reason": rule[1]}
        for at, rule in sorted(rules.items())
        if before.get(at) != rule
    ]  # fmt: skip
    (key,) = next_keys(DispositionRules, 1)
    event = record(
        caller, "assembly.dispositions-released", ("assembly.dispositionrules", key), revision=revision, reason=reason,
        changes=changes, count=len(rules),
    )  # fmt: skip
    released = DispositionRules.objects.create(
        pk=key, revision=revision, reason=reason, released_at=caller.at, released_by_id=caller.user.pk, event_id=event
    )
    DispositionRule.objects.bulk_create(
        [
            DispositionRule(rules=released, tool=at[0], condition=at[1], key=at[2], disposition=rule[0], reason=rule[1])
            for at, rule in sorted(rules.items())
        ]
    )
    return released


def shipped_specs() -> Sequence[RuleSpec]:
    """Step: the shipped rules as plain values."""
    return [
        RuleSpec(condition, key, disposition, reason, tool)
        for (tool, condition, key), (disposition, reason) in SHIPPED.items()
    ]


def _checked(rule: RuleSpec) -> RuleSpec:
    """The rule, trimmed. Refuses WrongRule."""
    tool, key, reason = rule.tool.strip(), rule.key.strip(), " ".join(rule.reason.split())[:REASON_LIMIT]
    fault = ""
    if rule.condition not in CONDITIONS:
        fault = _("There is no condition “%(name)s”.") % {"name": rule.condition[:40]}
    elif tool and (tool not in FORMATS or tool == "auto"):
        fault = _("No reader reads files of “%(tool)s”.") % {"tool": tool[:40]}
    elif not _is_key(rule.condition, key):
        fault = _("The condition %(condition)s has no key “%(key)s”.") % {"condition": rule.condition, "key": key[:40]}
    elif rule.disposition not in RULED_DISPOSITIONS:
        fault = _("There is no disposition “%(name)s”.") % {"name": rule.disposition[:40]}
    elif rule.disposition == "accept" and rule.condition != "exit":
        fault = _("No fault is accepted by a rule: a person decides that.")
    elif not reason:
        fault = _("The rule needs a reason that people read.")
    if fault:
        raise WrongRule(fault, true=_("Nothing was recorded."), do=_("Correct the rule."))
    return RuleSpec(rule.condition, key, rule.disposition, reason, tool)


def _is_key(condition: str, key: str) -> bool:
    allowed = CONDITIONS[condition]
    if allowed is not None:
        return key in allowed
    return (key.isascii() and key.isdigit() and len(key) <= 4) or (key == "other" and condition != "error")


wall(
    "assembly_dispositionrules_revision_key",
    lambda: RulesChanged(_("Rules were released at the same moment."), true=_("Nothing was recorded.")),
)
