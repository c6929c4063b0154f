"""Photos: taken in by one operation, attached to a row by a step of whatever operation that row is about.

How another operation takes photos: its door calls `documents.photos.put_photo` for each upload (after it asked the
right) or the client has posted them to /api/photos/ before; the operation gets `photos: list[str]` (hashes), records
its event with them and calls `attach_photos` with that event.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext as _

from documents import files
from documents.models import Photo, StoredFile
from documents.operations.filing import register_file, register_files
from documents.photos import size_of_clean, small_photo
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

AT_ONCE = 8
"""Photos in one act: more than anybody takes of one fault."""

MEDIA_TYPE = "image/jpeg"


class PhotoMissing(Refusal):
    """The content store has no such photo."""


class TooManyPhotos(Refusal):
    """More photos than one act takes."""


@operation(permission="documents.add_photo", returns=StoredFile)
def keep_photo(*, caller: Caller, file_sha256: str, file_name: str = "") -> StoredFile:
    """Name a photo that `documents.photos.put_photo` has stored, so that a later act can attach it. The same
    photo again changes nothing. Locks nothing. Refuses PhotoMissing, NotAPhoto."""
    there = StoredFile.objects.filter(sha256=file_sha256, media_type=MEDIA_TYPE).first()
    if there is not None:
        return there
    content = _stored(file_sha256)
    width, height = size_of_clean(content)

    kept = register_file(caller, file_sha256, len(content), MEDIA_TYPE, file_name)
    record(caller, "documents.photo-kept", kept, sha256=file_sha256, width=width, height=height)
    return kept


def attach_photos(
    caller: Caller, subject: models.Model | tuple[str, int], photos: Sequence[str], event_id: int
) -> list[Photo]:
    """Step: the photos (hashes of stored ones) belong to this row from now on; the event is that of the act. A photo
    that is there already is left as it is. Locks nothing. Refuses TooManyPhotos, PhotoMissing, NotAPhoto."""
    hashes = list(dict.fromkeys(photos))
    if not hashes:
        return []
    if len(hashes) > AT_ONCE:
        raise TooManyPhotos(
            _("%(count)d photos at once are too many.") % {"count": len(hashes)},
            true=_("At most %(limit)d are taken in one act. Nothing was recorded.") % {"limit": AT_ONCE},
            do=_("Send the rest in a second act."),
        )
    contents = [_stored(sha256) for sha256 in hashes]
    sizes = [size_of_clean(content) for content in contents]
    small = [small_photo(content) for content in contents]
    small_hashes = files.put_many(small)
    rows = [(sha256, len(content), MEDIA_TYPE, "") for sha256, content in zip(hashes, contents, strict=True)]
    rows += [(sha256, len(content), MEDIA_TYPE, "") for sha256, content in zip(small_hashes, small, strict=True)]
    named = {row.sha256: row for row in register_files(caller, rows)}
    kind, key = _subject(subject)
    Photo.objects.bulk_create(
        [
            Photo(
                subject_type=kind,
                subject_id=key,
                file=named[sha256],
                small=named[small_sha256],
                width=size[0],
                height=size[1],
                at=caller.at,
                by_id=caller.user.pk,
                event_id=event_id,
            )
            for sha256, small_sha256, size in zip(hashes, small_hashes, sizes, strict=True)
        ],
        ignore_conflicts=True,
    )
    return list(Photo.objects.filter(subject_type=kind, subject_id=key, file__sha256__in=hashes))


def _subject(subject: models.Model | tuple[str, int]) -> tuple[str, int]:
    return subject if isinstance(subject, tuple) else (subject._meta.label_lower, subject.pk)


def _stored(sha256: str) -> bytes:
    if not files.has(sha256):
        raise PhotoMissing(
            _("The photo is not in the store."), true=_("Nothing was recorded."), do=_("Take the photo again.")
        )
    return files.get(sha256)
