"""Papers by API."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from documents.models import IssuedDocument
from documents.operations.issuing import copy_of
from documents.operations.photos import keep_photo
from documents.photos import SIZE_LIMIT, put_photo
from documents.serializers import PhotoSerializer
from ledger.doors import caller_from, endpoint, new_key, pdf
from ledger.refusals import BadInput, NotPermitted
from ledger.shapes_api import RefusalSerializer


class CopyView(APIView):
    """A copy of a paper as it is true now, as PDF."""

    @extend_schema(
        operation_id="document_copy",
        tags=["documents"],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("lang", str, enum=["ja", "en"])],
    )
    def get(self, request: Request, kind: str, key: str) -> HttpResponse:
        if not request.user.has_perm("documents.print"):
            raise PermissionDenied
        content, subject = copy_of(kind, key, request.query_params.get("lang", "ja"))
        return pdf(content, f"{kind}-{subject.name}-copy.pdf")


class PhotosView(APIView):
    """Photos come in here, one a request; acts name them by the hash that is answered."""

    @extend_schema(
        operation_id="add_photo",
        tags=["documents"],
        request={
            "multipart/form-data": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        },
        responses={201: PhotoSerializer, 403: RefusalSerializer, 409: RefusalSerializer},
    )
    def post(self, request: Request) -> Response:
        """The right is asked before anything is read or stored. Refuses NotAPhoto, PhotoTooLarge."""
        if not request.user.has_perm("documents.add_photo"):
            raise NotPermitted("documents.add_photo")
        upload = request.FILES.get("file")
        if upload is None or upload.size is None or upload.size > SIZE_LIMIT:
            say = _("A photo of at most %(limit)d MB is expected.") % {"limit": SIZE_LIMIT // 1024 // 1024}
            raise BadInput(say, fields={"file": [say]})
        caller = caller_from(request, door="api", key=request.headers.get("Idempotency-Key", "") or new_key())
        kept = keep_photo(caller=caller, file_sha256=put_photo(upload.read()), file_name=upload.name or "")
        return Response(PhotoSerializer(kept).data, status=201)


class VerifyView(APIView):
    """What was issued under a code: for checking a paper by machine. Open to everybody who holds the paper."""

    permission_classes = []
    authentication_classes = []

    @extend_schema(operation_id="document_verify", tags=["documents"], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, code: str) -> Response:
        paper = get_object_or_404(IssuedDocument, verify_code=code)
        return Response(
            {
                "kind": paper.kind,
                "subject": paper.subject_name,
                "language": paper.language,
                "revision": paper.revision,
                "facts_sha256": paper.facts_hash,
                "bytes_sha256": paper.bytes_hash,
                "issued_at": paper.issued_at,
                "record": paper.last_event_id,
            }
        )


API_URLS = [
    path("documents/<str:kind>/<str:key>/copy/", CopyView.as_view(), name="api_document_copy"),
    path("documents/issues/", endpoint("documents.issue_document"), name="api_document_issue"),
    path("documents/prints/", endpoint("documents.request_prints"), name="api_document_prints"),
    path("photos/", PhotosView.as_view(), name="api_photos"),
    path("verify/<str:code>/", VerifyView.as_view(), name="api_verify"),
]
