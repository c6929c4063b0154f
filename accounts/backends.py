"""Rights from roles: the table in roles.py, read once a caller."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from accounts.models import User
from ledger.statements import ask, columns

READ_ONLY_ADMIN = {"accounts.read_admin"}
SECRET = frozenset({"authtoken", "sessions"})
"""Apps whose rows are as good as a password: nobody reads them in the admin."""


_PERSON = f"""
SELECT {columns(User, "u")},
  ARRAY(SELECT g.role FROM accounts_rolegrant g WHERE g.user_id = u.id AND g.ended_at IS NULL)
FROM accounts_user u WHERE u.id = %s
"""
_NAMES = [field.attname for field in User._meta.local_concrete_fields]


class RoleBackend(ModelBackend):
    """Signs people in by password and answers has_perm from their roles. Admin is read-only: only view rights exist."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session with the roles of this moment, in one prepared statement: every request asks."""
        for *values, roles in ask(_PERSON, [user_id]):
            user: User = User.from_db(connection.alias, _NAMES, values)
            user.role_codes = frozenset(roles)
            return user if self.user_can_authenticate(user) else None
        return None

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
