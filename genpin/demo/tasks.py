"""The beat's turn of the demo plant."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone, translation

from genpin.demo.moving import keep_moving as move


@shared_task(name="genpin.demo.keep_moving", ignore_result=True)
def keep_moving(**_extra: Any) -> None:
    """Move the living racks on, if this database holds a demo."""
    with translation.override("ja"):
        move(timezone.now())
