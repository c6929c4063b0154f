"""Attempts as they were judged last, so that a figure of a month need not judge a month of attempts again."""

from __future__ import annotations

from django.db import models

from assembly.models.builds import Build


class JudgedAttempt(models.Model):
    """An attempt by the rule of assembly.queries.attempts. Derived: it may be emptied and is filled again. Works with
    an open run have no rows here, and rows of a build with a StaleAttempt count for nothing: both are judged at the
    look.
    References are plain numbers, as those of events are: a row is as good as the run it was made from."""

    run_id = models.BigIntegerField(primary_key=True)
    build_id = models.BigIntegerField()
    operation_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    part_id = models.BigIntegerField()
    attempt = models.SmallIntegerField()
    station = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    started_event_id = models.BigIntegerField()
    finished_event_id = models.BigIntegerField(null=True)
    told = models.TextField(null=True)
    origin = models.TextField()
    outcome = models.TextField()
    turn = models.IntegerField(null=True)

    class Meta:
        indexes = [
            # Read by every figure and list of the yield: what ended in a period, newest first.
            models.Index(fields=["-ended_at", "-run_id"], name="judged_attempt_by_end"),
            # Read when the attempts of a build are judged again.
            models.Index(fields=["build_id"], name="judged_attempt_by_build"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.outcome}"


class StaleAttempt(models.Model):
    """A build whose attempts have to be judged again, written by triggers in the transaction that changed something.
    A build may stand here several times: a row goes when what it told of has been judged, never for another's."""

    id = models.BigAutoField(primary_key=True)
    build = models.ForeignKey(Build, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")

    def __str__(self) -> str:
        return str(self.build_id)
