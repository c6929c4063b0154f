"""The PIN at the door: checked here, before an operation, so that a bulk signing hashes once a person.

Not a gated operation: like a log-in it leaves an attempt whatever comes of it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Device, PinAttempt, PinCheck, User
from ledger.refusals import Refusal

WRONG_ALLOWED = 5
WRONG_AT_DEVICE = 15
"""Wrong PINs at one device, whoever they were for: somebody tries badges that lie about."""
WINDOW = timedelta(minutes=15)


class WrongPin(Refusal):
    """The PIN is not that person's."""


class PinLocked(Refusal):
    """Too many wrong PINs of one person."""


def check_pin(
    user: User,
    pin: str,
    *,
    at: datetime,
    session: uuid.UUID | None = None,
    device_id: int | None = None,
    form: str = "",
) -> PinCheck:
    """Check a PIN and remember that it was right. Refuses WrongPin, PinLocked; the attempt is kept either way.
    `form`: the key of the form it was entered in. Sent twice (a double click), it names the first check again: what is
    signed by it is then the same act, and its receipt answers.

    Locks the person's row, then the device's, so that guesses made at once are counted one by one. A person has five
    wrong ones in a quarter of an hour (a new PIN begins anew), a device fifteen."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        wrong = _wrong_of(locked, at)
        here = _wrong_at(device_id, at)
        right = False
        if wrong < WRONG_ALLOWED and here < WRONG_AT_DEVICE:
            right = locked.is_active and bool(locked.pin_hash) and check_password(pin, locked.pin_hash)
            PinAttempt.objects.create(user=locked, at=at, right=right, device_id=device_id)
        if right:
            return _check_of(locked, session, form, at)
    if wrong >= WRONG_ALLOWED:
        raise PinLocked(
            _("The PIN is locked after %(count)d wrong entries.") % {"count": WRONG_ALLOWED},
            do=_("Wait fifteen minutes or ask the line leader."),
        )
    if here >= WRONG_AT_DEVICE:
        raise PinLocked(
            _("This device takes no PIN after %(count)d wrong entries.") % {"count": WRONG_AT_DEVICE},
            do=_("Wait fifteen minutes or use another device, and tell the line leader."),
        )
    raise WrongPin(
        _("The PIN is wrong."),
        true=_("Nothing was recorded. %(left)d attempts are left.") % {"left": WRONG_ALLOWED - wrong - 1},
        do=_("Enter the PIN again."),
    )


def _check_of(user: User, session: uuid.UUID | None, form: str, at: datetime) -> PinCheck:
    """The check of this form, made now where it was sent for the first time; the person's row is locked."""
    digest = hashlib.sha256(form.encode()).hexdigest() if form else ""
    before = PinCheck.objects.filter(user=user, session=session, form_sha256=digest).first() if form else None
    return before or PinCheck.objects.create(user=user, session=session, at=at, form_sha256=digest)


def _wrong_of(user: User, at: datetime) -> int:
    """Wrong PINs of a person lately; those for an earlier PIN do not count."""
    since = max(at - WINDOW, user.pin_set_at or at - WINDOW)
    return PinAttempt.objects.filter(user=user, right=False, at__gt=since).count()


def _wrong_at(device_id: int | None, at: datetime) -> int:
    if device_id is None:
        return 0
    Device.objects.select_for_update(no_key=True).get(pk=device_id)
    return PinAttempt.objects.filter(device_id=device_id, right=False, at__gt=at - WINDOW).count()
