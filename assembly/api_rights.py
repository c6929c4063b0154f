"""Who may read at the API of assembly. Writing is the operations' own business."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class MayRead(BasePermission):
    """Whoever may read assembly."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.is_authenticated and request.user.has_perm("assembly.read"))
