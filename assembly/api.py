"""The API of builds, testers' files, telemetry and burn-in runs. Every operation has its generic address besides."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assembly.api_rights import MayRead
from assembly.models import AndonCall, Build, BurnInRun, ColumnMap, Kit, Nonconformity
from assembly.operations.test_runs import import_test_log
from assembly.queries.andon import AndonFilter, andon_list
from assembly.queries.burn_in_runs import burn_in_of, burn_in_page
from assembly.queries.column_maps import column_map_list
from assembly.queries.configuration import differences_of
from assembly.queries.kits import kit_lines, kit_rows
from assembly.queries.quality import ReportFilter, report_list
from assembly.queries.racks import STAGES, STATES, BuildFilter, build_list, build_rows
from assembly.queries.route import routes_of
from assembly.queries.slots import filled_slots
from assembly.queries.tests import earlier_import
from assembly.serializers import (
    AndonCallSerializer,
    BuildSerializer,
    ColumnMapSerializer,
    KitLineSerializer,
    KitSerializer,
    NonconformitySerializer,
    OperationSerializer,
    SlotSerializer,
)
from assembly.test_logs.text import SIZE_LIMIT
from assembly.text import ended_words
from assembly.uploads import store_log
from inventory.forms import searched
from inventory.operations.finding import find_unit_ids
from ledger.doors import caller_from, endpoint, new_key
from ledger.refusals import BadInput, NotPermitted

_UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "unit": {"type": "string"},
            "exit_code": {"type": "integer"},
            "expect_gpus": {"type": "integer"},
        },
        "required": ["file", "unit"],
    }
}


class BuildFilters(django_filters.FilterSet):  # type: ignore[misc]
    """Filters of the list of racks; `kind=tray` lists trays, `kind=` both."""

    q = django_filters.CharFilter(method="narrowed")
    kind = django_filters.CharFilter(method="narrowed")
    stage = django_filters.ChoiceFilter(choices=[(name, name) for name in STAGES], method="narrowed")
    state = django_filters.ChoiceFilter(choices=[(name, name) for name in STATES], method="narrowed")
    design = django_filters.CharFilter(field_name="design__code")
    order = django_filters.CharFilter(field_name="order_number")
    need_by = django_filters.DateFilter(field_name="need_by", lookup_expr="lte")

    class Meta:
        model = Build
        fields: list[str] = []

    def narrowed(self, rows: QuerySet[Build], name: str, value: str) -> QuerySet[Build]:
        if name == "kind":
            return rows  # read by the view: it has a default
        given = {"text" if name == "q" else name: value}
        wish = BuildFilter(
            today=timezone.localdate(),
            kind="",
            text=given.get("text", ""),
            stage=given.get("stage", ""),
            state=given.get("state", ""),
        )
        return rows.filter(pk__in=build_list(wish).order_by().values("pk"))


class RackList(ListAPIView):  # type: ignore[type-arg]
    """Racks (or trays) in the making and complete, newest first."""

    permission_classes = (MayRead,)
    serializer_class = BuildSerializer
    filterset_class = BuildFilters
    queryset = Build.objects.none()

    def get_queryset(self) -> QuerySet[Build]:
        kind = self.request.query_params.get("kind", "rack")
        return Build.objects.filter(design__kind=kind) if kind else Build.objects.all()

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return build_rows([build.pk for build in page or []], timezone.localdate())


class RackDetail(APIView):
    """One build: its state, its route, its slots, what the hardware reports otherwise."""

    permission_classes = (MayRead,)

    @extend_schema(operation_id="rack", tags=["assembly"], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, build_id: int) -> Response:
        build = get_object_or_404(Build.objects.select_related("design", "unit"), pk=build_id)
        route = routes_of([build])[build.pk]
        return Response(
            {
                **BuildSerializer(build_rows([build.pk], timezone.localdate())[0]).data,
                "route": OperationSerializer(route.operations, many=True).data,  # type: ignore[arg-type]
                "slots": SlotSerializer(filled_slots(build.pk), many=True).data,  # type: ignore[arg-type]
                "nonconformities": [report.number for report in route.open_nonconformities],
                "differences": [row.say for row in differences_of(build)],
            }
        )


class BuildSlots(APIView):
    """The slots of a build with what sits in them."""

    permission_classes = (MayRead,)

    @extend_schema(operation_id="build_slots", tags=["assembly"], responses=SlotSerializer(many=True))  # type: ignore[untyped-decorator]
    def get(self, request: Request, build_id: int) -> Response:
        build = get_object_or_404(Build, pk=build_id)
        return Response({"results": SlotSerializer(filled_slots(build.pk), many=True).data})  # type: ignore[arg-type]


class NonconformityList(ListAPIView, endpoint("assembly.report_nonconformity").cls):  # type: ignore[type-arg, misc]
    """Nonconformities, newest first; `?state=undecided|open|closed`, `?q=`. POST reports one."""

    permission_classes = (MayRead,)
    serializer_class = NonconformitySerializer
    queryset = Nonconformity.objects.none()

    def get_queryset(self) -> QuerySet[Nonconformity]:
        told = self.request.query_params
        return report_list(ReportFilter(text=told.get("q", ""), state=told.get("state", "")))


class KitList(ListAPIView[Kit]):
    """Kits, newest first; `?state=open|complete|cancelled`, `?kind=tray|rack`, `?q=`."""

    permission_classes = (MayRead,)
    serializer_class = KitSerializer
    queryset = Kit.objects.none()

    def get_queryset(self) -> QuerySet[Kit]:
        told = self.request.query_params
        return kit_rows(text=searched(told.get("q")), state=told.get("state", ""), kind=told.get("kind", ""))


class KitDetail(APIView):
    """One kit: its lines, what was fetched, and where the next of each lies."""

    permission_classes = (MayRead,)

    @extend_schema(operation_id="kit", tags=["assembly"], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, pk: int) -> Response:
        kit = get_object_or_404(kit_rows(), pk=pk)
        lines = KitLineSerializer(kit_lines(kit, timezone.localdate()), many=True).data  # type: ignore[arg-type]
        return Response({**KitSerializer(kit).data, "lines": lines})


class AndonList(ListAPIView, endpoint("assembly.raise_andon").cls):  # type: ignore[type-arg, misc]
    """Andon calls, newest first; `?state=open|raised|acknowledged|resolved`, `?station=`, `?reason=`. POST calls."""

    permission_classes = (MayRead,)
    serializer_class = AndonCallSerializer
    queryset = AndonCall.objects.none()

    def get_queryset(self) -> QuerySet[AndonCall]:
        told = self.request.query_params
        return andon_list(AndonFilter(**{name: told.get(name, "") for name in ("state", "station", "reason")}))


class ColumnMapList(ListAPIView, endpoint("assembly.define_column_map").cls):  # type: ignore[type-arg, misc]
    """Column maps in use by their newest revision, or with `?state=all` retired ones too; `?q=`. POST defines one."""

    permission_classes = (MayRead,)
    serializer_class = ColumnMapSerializer
    queryset = ColumnMap.objects.none()

    def get_queryset(self) -> QuerySet[ColumnMap]:
        told = self.request.query_params
        return column_map_list(searched(told.get("q")), retired=told.get("state") == "all")


class TestLogs(APIView):
    """POST one tester's file (multipart: `file`, `unit`, `exit_code`, `expect_gpus`). Known files answer 200."""

    __test__ = False
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="import_test_log", tags=["assembly"], request=_UPLOAD, responses={201: dict})  # type: ignore[untyped-decorator]
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("assembly.import_test_log"):
            raise NotPermitted("assembly.import_test_log")  # before a byte is stored
        upload = request.FILES.get("file")
        if upload is None:
            say = _("A file of at most %(limit)d MB is expected.") % {"limit": SIZE_LIMIT // 1024 // 1024}
            raise BadInput(say, fields={"file": [say]})
        told = request.data if isinstance(request.data, dict) else {}
        unit = str(told.get("unit", ""))[:200]
        sha256 = store_log(upload)
        known = earlier_import(sha256, find_unit_ids([unit])[unit])
        run = import_test_log(
            caller=caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key()),
            file_sha256=sha256,
            file_name=str(upload.name)[:200],
            unit=unit,
            exit_code=_whole(request, "exit_code"),
            expect_gpus=_whole(request, "expect_gpus"),
        )
        answer = {
            "id": run.pk,
            "known": known is not None,
            "tool": run.tool,
            "verdict": run.verdict,
            "disposition": run.disposition,
            "reasons": run.reasons,
            "sha256": run.file_sha256,
        }
        return Response(answer, status=200 if known is not None else 201)


def _whole(request: Request, name: str) -> int | None:
    told = request.data if isinstance(request.data, dict) else {}
    text = str(told.get(name, "") or "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        say = _("A whole number is expected.")
        raise BadInput(f"{name}: {say}", fields={name: [say]})
    return int(text)


class BurnInRunDetail(APIView):
    """One burn-in run: its clock, gaps, alarms and the summary of each series."""

    permission_classes = (MayRead,)

    @extend_schema(operation_id="burn_in_run", tags=["assembly"], responses={200: dict})  # type: ignore[untyped-decorator]
    def get(self, request: Request, burn_in_id: int) -> Response:
        now = timezone.now()
        found = burn_in_of(burn_in_id) or get_object_or_404(BurnInRun, pk=burn_in_id)
        page = burn_in_page(found, now)
        return Response(
            {
                "id": found.pk,
                "cell": found.cell.code,
                "rack": found.run.build.unit.name,
                "build": found.run.build_id,
                "state": page.clock.state_at(now),
                "soak_minutes": page.clock.minutes,
                "soak_minutes_required": found.soak_minutes_required,
                "started_at": found.started_at,
                "ended_at": found.ended_at,
                "verdict": found.verdict,
                "why": ended_words(found),
                "last_sample_at": page.clock.last_sample_at,
                "gaps": [{"from": gap.from_at, "to": gap.to_at, "why": gap.why} for gap in page.gaps],
                "alarms": [
                    {
                        "series": alarm.series.code,
                        "started_at": alarm.started_at,
                        "cleared_at": alarm.cleared_at,
                        "value": alarm.value,
                    }
                    for alarm in page.alarms
                ],
                "series": [
                    {
                        "code": row.code,
                        "unit": row.unit,
                        "n": said.n,
                        "gaps": said.gaps,
                        "minimum": said.minimum,
                        "mean": said.mean,
                        "p95": said.p95,
                        "maximum": said.maximum,
                        "last": said.last,
                    }
                    for row, said in page.series
                ],
            }
        )


def _operation(address: str, name: str, *arguments: str) -> Any:
    return path(address, endpoint(f"assembly.{name}", arguments), name=f"api_{name}")


API_URLS = [
    path("racks/", RackList.as_view(), name="api_racks"),
    path("racks/<int:build_id>/", RackDetail.as_view(), name="api_rack"),
    path("builds/<int:build_id>/slots/", BuildSlots.as_view(), name="api_build_slots"),
    path("nonconformities/", NonconformityList.as_view(), name="api_nonconformities"),
    path("andon-calls/", AndonList.as_view(), name="api_andon_calls"),
    path("kits/", KitList.as_view(), name="api_kits"),
    path("kits/<int:pk>/", KitDetail.as_view(), name="api_kit"),
    _operation("builds/<int:build_id>/kit/", "open_kit", "build_id"),
    _operation("kits/<str:kit_number>/picks/", "pick_parts", "kit_number"),
    _operation("kit-picks/<int:pick_id>/return/", "return_pick", "pick_id"),
    _operation("kits/<str:kit_number>/completion/", "complete_kit", "kit_number"),
    _operation("kits/<str:kit_number>/cancellation/", "cancel_kit", "kit_number"),
    path("test-logs/", TestLogs.as_view(), name="api_test_logs"),
    path("burn-in-runs/<int:burn_in_id>/", BurnInRunDetail.as_view(), name="api_burn_in_run"),
    _operation("builds/", "start_build"),
    _operation("builds/bulk/", "start_builds"),
    _operation("builds/installations/", "install_units"),
    _operation("builds/<int:build_id>/operations/<int:number>/start/", "start_run", "build_id", "number"),
    _operation("builds/<int:build_id>/operations/<int:number>/finish/", "finish_run", "build_id", "number"),
    _operation("builds/<int:build_id>/operations/<int:number>/abort/", "abort_run", "build_id", "number"),
    _operation("builds/<int:build_id>/deviations/", "approve_deviation", "build_id"),
    _operation("slots/<int:slot_id>/installation/", "install_unit", "slot_id"),
    _operation("slots/<int:slot_id>/removal/", "remove_unit", "slot_id"),
    _operation("andon-calls/<str:number>/acknowledgement/", "acknowledge_andon", "number"),
    _operation("andon-calls/<str:number>/resolution/", "resolve_andon", "number"),
    _operation("work-centres/", "define_work_centre"),
    _operation("work-centres/<str:code>/takt/", "set_takt", "code"),
    _operation("operations/<int:operation_id>/instructions/", "issue_instruction", "operation_id"),
    _operation("runs/<int:run_id>/signatures/", "sign_run", "run_id"),
    _operation("runs/<int:run_id>/amendment/", "amend_run", "run_id"),
    _operation("limit-drafts/", "draft_limits"),
    _operation("limit-drafts/<int:limit_set_id>/limits/", "put_limit", "limit_set_id"),
    _operation("limit-drafts/<int:limit_set_id>/limits/removal/", "drop_limit", "limit_set_id"),
    _operation("limit-drafts/<int:limit_set_id>/release/", "release_limits", "limit_set_id"),
    _operation("limit-drafts/<int:limit_set_id>/discard/", "discard_limits", "limit_set_id"),
    _operation("routing-drafts/", "draft_routing"),
    _operation("routing-drafts/<int:routing_id>/operations/", "put_routing_operation", "routing_id"),
    _operation(
        "routing-drafts/<int:routing_id>/operations/<int:number>/removal/",
        "drop_routing_operation",
        "routing_id",
        "number",
    ),
    _operation("routing-drafts/<int:routing_id>/reentry-rules/", "put_reentry_rule", "routing_id"),
    _operation("routing-drafts/<int:routing_id>/release/", "release_routing_draft", "routing_id"),
    _operation("routing-drafts/<int:routing_id>/discard/", "discard_routing_draft", "routing_id"),
    _operation("rack-models/<int:rack_model_id>/", "edit_rack_model", "rack_model_id"),
    _operation("design-drafts/", "draft_design"),
    _operation("design-drafts/<int:design_id>/", "edit_design", "design_id"),
    _operation("design-drafts/<int:design_id>/slots/", "put_design_slot", "design_id"),
    _operation(
        "design-drafts/<int:design_id>/slots/<str:position>/removal/", "drop_design_slot", "design_id", "position"
    ),
    _operation("design-drafts/<int:design_id>/swaps/", "swap_design_part", "design_id"),
    _operation("design-drafts/<int:design_id>/release/", "release_design_draft", "design_id"),
    _operation("design-drafts/<int:design_id>/discard/", "discard_design_draft", "design_id"),
    _operation("build-orders/", "plan_order"),
    _operation("build-orders/bulk/", "plan_orders"),
    _operation("build-orders/files/", "import_orders"),
    _operation("tools/files/", "import_tools"),
    _operation("skill-grants/files/", "import_skill_grants"),
    _operation("design-drafts/files/", "import_slots"),
    _operation("routing-drafts/files/", "import_limits"),
    _operation("build-orders/<int:order_id>/", "edit_order", "order_id"),
    _operation("build-orders/<int:order_id>/place/", "move_order", "order_id"),
    _operation("build-orders/<int:order_id>/cancellation/", "cancel_order", "order_id"),
    _operation("build-orders/<int:order_id>/builds/", "start_from_order", "order_id"),
    _operation("tools/", "register_tool"),
    _operation("tools/<int:tool_id>/", "edit_tool", "tool_id"),
    _operation("tools/<int:tool_id>/retirement/", "retire_tool", "tool_id"),
    _operation("tools/<str:tool_code>/calibrations/", "record_calibration", "tool_code"),
    _operation("nonconformities/<str:number>/disposition/", "dispose_nonconformity", "number"),
    _operation("nonconformities/<str:number>/photos/", "add_photos", "number"),
    _operation("nonconformities/<str:number>/concession/", "propose_concession", "number"),
    _operation("nonconformities/<str:number>/concession/approval/", "approve_concession", "number"),
    _operation("nonconformities/<str:number>/concession/refusal/", "decline_concession", "number"),
    path("column-maps/", ColumnMapList.as_view(), name="api_column_maps"),
    _operation("column-maps/<str:code>/retirement/", "retire_column_map", "code"),
    _operation("causes/", "define_cause"),
    _operation("causes/<str:code>/retirement/", "retire_cause", "code"),
]
