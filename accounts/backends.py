"""Rights from roles: the table in roles.py, read once a caller."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User

READ_ONLY_ADMIN = {"accounts.read_admin"}
SECRET = frozenset({"authtoken", "sessions"})
"""Apps whose rows are as good as a password: nobody reads them in the admin."""


class RoleBackend(ModelBackend):
    """Signs people in by password and answers has_perm from their roles. Admin is read-only: only view rights exist."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return False
        rights = user_obj.rights
        if perm in rights:
            return True
        app_label, _dot, verb = perm.partition(".")
        return verb.startswith("view_") and app_label not in SECRET and bool(READ_ONLY_ADMIN & rights)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        may_look = isinstance(user_obj, User) and user_obj.is_active and bool(READ_ONLY_ADMIN & user_obj.rights)
        return may_look and app_label not in SECRET
