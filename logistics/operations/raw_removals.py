"""Raw telemetry goes by policy once its rack is accepted: figures, alarms and hashes stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from assembly.models import BurnInRun, RawFile, RawRetention, RunTelemetry
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.queries.raw_removals import accepted_at


class RawStays(Refusal):
    """The raw telemetry of the run is not to go: no policy, not settled, not accepted, or not long enough ago."""


@operation(permission="assembly.keep_raw_policy")
def remove_raw_telemetry(*, caller: Caller, burn_in_id: int) -> dict[str, int]:
    """Take the raw files of a run off the record, as the policy in force says; their hashes are in the event. The files
    themselves are swept after the commit. Locks the burn-in run. Refuses RawStays."""
    burn_in = (
        BurnInRun.objects.select_for_update(no_key=True, of=("self",)).select_related("run__build").get(pk=burn_in_id)
    )
    policy = RawRetention.objects.first()
    kept = RunTelemetry.objects.filter(burn_in=burn_in).first()
    accepted = accepted_at(burn_in.run.build.unit_id)
    why = _why_it_stays(kept, policy, accepted, caller.at)
    if why or kept is None or policy is None:
        raise RawStays(why, true=_("Nothing was removed."))

    files = list(RawFile.objects.filter(burn_in=burn_in).order_by("pk"))
    event = record(
        caller,
        "logistics.raw-telemetry-removed",
        kept,
        burn_in=burn_in.pk,
        days=policy.days,
        policy=policy.pk,
        accepted_at=accepted,
        samples=kept.samples,
        sha256=[file.sha256 for file in files],
    )
    RunTelemetry.objects.filter(pk=kept.pk).update(gone_at=caller.at, gone_event_id=event)
    RawFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    return {"files": len(files), "samples": kept.samples}


def _why_it_stays(
    kept: RunTelemetry | None, policy: RawRetention | None, accepted: datetime | None, now: datetime
) -> str:
    if policy is None:
        return _("No policy lets raw telemetry go.")
    if kept is None or kept.settled_at is None or kept.gone_at is not None:
        return _("The raw telemetry of this run is not settled, or is gone already.")
    if accepted is None:
        return _("The site has not accepted the rack.")
    if now < accepted + timedelta(days=policy.days):
        return _("The policy keeps it %(days)d days after the acceptance.") % {"days": policy.days}
    return ""
