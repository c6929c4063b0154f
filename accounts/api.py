"""People and sessions by API."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.operations.pins import check_pin
from ledger.doors import caller_from, endpoint, new_key


class PinCheckView(APIView):
    """POST a PIN: the id of the check is what signatures name, for ten minutes. Wrong PINs are counted."""

    @extend_schema(
        operation_id="pin_check", tags=["accounts"], request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: Request) -> Response:
        caller = caller_from(request, door="api", key=new_key())
        person = User.objects.get(pk=request.user.pk or 0)
        body = request.data if isinstance(request.data, dict) else {}
        check = check_pin(person, str(body.get("pin", "")), at=caller.at, session=caller.session)
        return Response({"id": check.pk}, status=201)


class MeView(APIView):
    """Who is signed in, with which roles and rights."""

    @extend_schema(operation_id="me", tags=["accounts"], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        user = User.objects.get(pk=request.user.pk or 0)
        return Response(
            {
                "username": user.username,
                "name": user.name,
                "roles": sorted(user.role_codes),
                "rights": sorted(user.rights),
            }
        )


API_URLS = [
    path("me/", MeView.as_view(), name="api_me"),
    path("pin-checks/", PinCheckView.as_view(), name="api_pin_checks"),
    path("operator-sessions/", endpoint("accounts.start_session"), name="api_operator_sessions"),
    path(
        "operator-sessions/<uuid:session_id>/end/",
        endpoint("accounts.end_session", ("session_id",)),
        name="api_operator_session_end",
    ),
    path("stations/<int:station_id>/", endpoint("accounts.edit_station", ("station_id",)), name="api_edit_station"),
    path("skills/", endpoint("accounts.define_skill"), name="api_define_skill"),
    path("skills/<int:skill_id>/", endpoint("accounts.edit_skill", ("skill_id",)), name="api_edit_skill"),
    path("skill-grants/", endpoint("accounts.grant_skill"), name="api_grant_skill"),
    path("skill-grants/<int:grant_id>/ending/", endpoint("accounts.end_skill", ("grant_id",)), name="api_end_skill"),
]
