"""Who may read at the API of logistics. Writing is the operations' own business."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request


class MayReadLogistics(BasePermission):
    """Reading rights come from roles too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user and request.user.has_perm("logistics.read"))


READERS = [IsAuthenticated, MayReadLogistics]
