"""The door of every password: sign-in page, the API's token, the admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from accounts.backends import RoleBackend
from accounts.operations.sign_ins import SignInLocked, attempt


class CountingBackend(RoleBackend):
    """Counts what is tried for a name; ten wrong passwords lock it for a quarter of an hour."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> Any:
        """The person, or None. Raises PermissionDenied for a locked name, without trying the password."""
        if not username or password is None:
            return None
        check = super().authenticate
        try:
            return attempt(username, timezone.now(), lambda: check(request, username=username, password=password))
        except SignInLocked:
            raise PermissionDenied from None
