"""What every door shares: from a request to a Caller, from a refusal to an answer, from an operation to an endpoint."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.views import exception_handler as default_exception_handler

from ledger.callers import PLANT_OFFSET_MINUTES, Caller, Person, corrected_moment
from ledger.models import Receipt
from ledger.operations import OPERATIONS, Operation
from ledger.refusals import BadInput, NotFound, NotPermitted, Refusal
from ledger.shapes import CENTURIES, answer_of, arguments_from_json, hints_of
from ledger.shapes_api import RefusalSerializer, serializer_for
from ledger.versions import StaleEdit

KEY_LIMIT = 200
"""Characters of an idempotency key."""


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return uuid.uuid4().hex


def checked_key(key: str) -> str:
    """The key as it came. Refuses BadInput for one that is too long or unprintable: cut short it could be another's."""
    if len(key) > KEY_LIMIT or not (key.isascii() and key.isprintable()):
        raise BadInput(_("An idempotency key is at most %(limit)d printable ASCII characters.") % {"limit": KEY_LIMIT})
    return key


def caller_from(
    request: HttpRequest | Request,
    *,
    door: str,
    key: str,
    device_at: datetime | None = None,
    now: datetime | None = None,
    offset: timedelta | None = None,
) -> Caller:
    """The caller behind a request. Station and operator session come from the signed-in session, the clock's offset
    (ours less the device's) from this very request where it was measured, else from the session."""
    at = now or timezone.now()
    session = getattr(request, "session", None) or {}
    before = session.get("clock_offset_seconds")
    happened_at, clock = (at, "server")
    if device_at is not None:
        measured = offset if offset is not None or before is None else timedelta(seconds=float(before))
        happened_at, clock = corrected_moment(device_at, measured, at)
    operator_session = session.get("operator_session")
    return Caller(
        user=cast(Person, request.user),
        station=session.get("station", ""),
        at=at,
        happened_at=happened_at,
        utc_offset=PLANT_OFFSET_MINUTES,
        door=door,
        key=checked_key(key),
        session=uuid.UUID(operator_session) if operator_session else None,
        clock=clock,
    )


def command_caller(user: Person, *, key: str, door: str = "command") -> Caller:
    """The caller behind a command or a task: the clock is read here."""
    at = timezone.now()
    return Caller(
        user=user, station="", at=at, happened_at=at, utc_offset=PLANT_OFFSET_MINUTES, door=door, key=checked_key(key)
    )


@dataclass(frozen=True)
class Outcome:
    """What a page got from an operation: a result, or the refusal to show beside the form."""

    result: Any = None
    refusal: Refusal | None = None

    @property
    def status(self) -> int:
        if self.refusal is None:
            return 200
        return _STATUS.get(type(self.refusal), 422)


def call_from_page(request: HttpRequest, gated: Callable[..., Any], **arguments: Any) -> Outcome:
    """Call one operation for a form. The form's hidden `key` makes a double click harmless."""
    key = request.POST.get("key", "") or request.headers.get("Idempotency-Key", "")
    try:
        caller = caller_from(request, door="page", key=key)
        return Outcome(result=gated(caller=caller, **arguments))
    except Refusal as refusal:
        return Outcome(refusal=refusal)


def recorded_before(request: HttpRequest, *acts: Callable[..., Any]) -> bool:
    """Whether this very form (its hidden `key`) was recorded before by its sender through one of these operations: it
    is sent again since the answer was lost, and what is known by now may not fit it any more. One query."""
    names = [f"{act.__module__.split('.')[0]}.{act.__name__}" for act in acts]
    sent = Receipt.objects.filter(key=request.POST.get("key", ""), user_id=request.user.pk or 0, operation__in=names)
    return bool(names) and sent.exists()


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF to look at in the browser; only harmless ASCII of its name reaches the header."""
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{safe}"'}
    )


def public_answer(result: Any) -> Any:
    """A result as JSON for the API: a row as its id and its name, anything else as its receipt keeps it, so that a
    repeat reads the same."""
    if isinstance(result, models.Model):
        return {"id": result.pk, "label": str(result)}
    answer = answer_of(result)
    return answer if isinstance(answer, dict) else {"result": answer}


_STATUS: dict[type[Refusal], int] = {NotPermitted: 403, NotFound: 404}
"""What HTTP says of refusals that are not 409."""
_API_STATUS: dict[type[Refusal], int] = {**_STATUS, StaleEdit: 412}
"""The same at the API, where a stale edit is a failed precondition; a page shows it beside the form."""


def exception_handler(fault: Exception, context: dict[str, Any]) -> Response | None:
    """Refusals become 409, missing rights 403, wrong shapes 400, rows that are not there 404."""
    if isinstance(fault, BadInput):
        return Response({"code": "BadInput", "detail": fault.detail, "fields": fault.fields}, status=400)
    if isinstance(fault, models.ObjectDoesNotExist):
        fault = NotFound()
    if isinstance(fault, Refusal):
        return Response(fault.as_json(), status=_API_STATUS.get(type(fault), 409))
    if isinstance(fault, ParseError | UnicodeDecodeError | RecursionError):
        return Response({"code": "BadInput", "detail": _("The request is not well-formed JSON.")}, status=400)
    answer = default_exception_handler(fault, context)
    if answer is not None and isinstance(fault, APIException) and isinstance(answer.data, dict):
        answer.data.setdefault("code", type(fault).__name__)
    return answer


class OperationEndpoint(APIView):
    """POST calls one operation. Body: its arguments; path arguments win. `Idempotency-Key` makes a repeat harmless.

    An operation that edits takes `version`: in the body, or as `If-Match: "3"` from the ETag of what was read."""

    entry: Operation

    def post(self, request: Request, **path: Any) -> Response:
        if not request.user.has_perm(self.entry.permission):
            raise NotPermitted(self.entry.permission)  # before the shape: a stranger learns nothing from it
        body = request.data
        if not isinstance(body, dict):
            raise BadInput(_("A JSON object is expected."))
        clash = set(path) & set(body)
        if clash:
            raise BadInput(_("These fields are given by the address: %(names)s.") % {"names": ", ".join(sorted(clash))})
        given = {name: value for name, value in body.items() if name != "happened_at"} | path
        given |= _seen_version(request, self.entry, given)
        caller = caller_from(
            request,
            door="api",
            key=request.headers.get("Idempotency-Key", "") or new_key(),
            device_at=_device_moment(body),
        )
        arguments = arguments_from_json(self.entry.function, given)
        return Response(public_answer(self.entry.gated(caller=caller, **arguments)), status=status.HTTP_201_CREATED)


def _seen_version(request: Request, entry: Operation, given: dict[str, Any]) -> dict[str, Any]:
    """The version that If-Match names, for an operation that asks for one. Refuses BadInput."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag or "version" not in hints_of(entry.function):
        return {}
    text = tag.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or str(given.get("version", text)) != text:
        raise BadInput(_("If-Match: the ETag of what was read is expected, and no other version in the body."))
    return {"version": int(text)}


def _device_moment(body: dict[str, Any]) -> datetime | None:
    text = body.get("happened_at")
    if text is None:
        return None
    try:
        moment = parse_datetime(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in CENTURIES:
        raise BadInput(_("happened_at: a date and time with its zone is expected."))
    return moment


def endpoint(name: str, path_arguments: tuple[str, ...] = (), *, called: str = "") -> Any:
    """A view that calls the operation `name`; `path_arguments` are those that the address gives. `called` is its name
    in the OpenAPI schema, where the operation has several addresses."""
    entry = OPERATIONS[name]
    app, verb = name.split(".")
    schema = extend_schema(
        operation_id=called or "_".join((app, verb, *path_arguments)),
        summary=entry.doc.split("\n")[0],
        description=entry.doc,
        tags=[app],
        request=serializer_for(entry, without=path_arguments),
        responses={
            201: OpenApiResponse(description="Done"),
            **{status: RefusalSerializer for status in (400, 403, 404, 409)},
            **({412: RefusalSerializer} if "version" in hints_of(entry.function) else {}),
        },
    )

    def post(self: OperationEndpoint, request: Request, **path: Any) -> Response:
        return OperationEndpoint.post(self, request, **path)

    # extend_schema writes on the function it is given: each endpoint has one of its own
    own = {"entry": entry, "post": schema(post), "__doc__": OperationEndpoint.__doc__}
    view = type(f"{app.title()}{verb.title().replace('_', '')}Endpoint", (OperationEndpoint,), own)
    return view.as_view()  # type: ignore[attr-defined]
