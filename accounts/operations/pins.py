"""The PIN at the door: checked here, before an operation, so that a bulk signing hashes once a person.

Not a gated operation: like a log-in it leaves an attempt whatever comes of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PinAttempt, PinCheck, User
from ledger.refusals import Refusal

WRONG_ALLOWED = 5
WINDOW = timedelta(minutes=15)


class WrongPin(Refusal):
    """The PIN is not that person's."""


class PinLocked(Refusal):
    """Too many wrong PINs of one person."""


def check_pin(user: User, pin: str, *, at: datetime, session: uuid.UUID | None = None) -> PinCheck:
    """Check a PIN and remember that it was right. Refuses WrongPin, PinLocked; the attempt is kept either way.

    Locks the person's row, so that guesses made at once are counted one by one."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        wrong = PinAttempt.objects.filter(user=locked, right=False, at__gt=at - WINDOW).count()
        right = False
        if wrong < WRONG_ALLOWED:
            right = bool(locked.pin_hash) and check_password(pin, locked.pin_hash)
            PinAttempt.objects.create(user=locked, at=at, right=right)
        if right:
            return PinCheck.objects.create(user=locked, session=session, at=at)
    if wrong >= WRONG_ALLOWED:
        raise PinLocked(
            _("The PIN is locked after %(count)d wrong entries.") % {"count": WRONG_ALLOWED},
            do=_("Wait fifteen minutes or ask the line leader."),
        )
    raise WrongPin(
        _("The PIN is wrong."),
        true=_("Nothing was signed. %(left)d attempts are left.") % {"left": WRONG_ALLOWED - wrong - 1},
        do=_("Enter the PIN again."),
    )
