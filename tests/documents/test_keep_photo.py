"""keep_photo and attach_photos: pictures come in clean, small enough, and stay."""

from __future__ import annotations

import contextlib
import hashlib
import io
import random
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from PIL import Image

from documents import files
from documents.forms import PhotosField
from documents.models import Photo, StoredFile
from documents.operations.photos import AT_ONCE, PhotoMissing, TooManyPhotos, attach_photos, keep_photo
from documents.photos import LONG_SIDE, SMALL_SIDE, NotAPhoto, PhotoTooLarge, clean_photo, put_photo, size_of_clean
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.cast import a_caller, person
from tests.pictures import PLACE, a_picture

pytestmark = pytest.mark.django_db


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def kept(by: str = "mei", content: bytes | None = None, key: str | None = None) -> StoredFile:
    return keep_photo(caller=a_caller(by, key=key), file_sha256=put_photo(content or a_picture()))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_device_are_taken_out(form: str) -> None:
    raw = a_picture(form=form)
    assert PLACE in raw

    clean = clean_photo(raw)

    picture = opened(clean)
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (640, 480), {})
    assert PLACE not in clean
    assert b"Mei" not in clean
    assert b"Exif" not in clean


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    picture = opened(clean_photo(a_picture(640, 480, turned=6)))

    assert picture.size == (480, 640)
    assert picture.getpixel((470, 10))[0] < 20  # the dark corner went to the upper right


def test_forty_megapixels_are_scaled_down() -> None:
    clean = clean_photo(a_picture(8000, 5000))

    assert opened(clean).size == (LONG_SIDE, LONG_SIDE * 5 // 8)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_forty_megapixels_that_must_be_decoded_whole_are_refused(form: str) -> None:
    with pytest.raises(PhotoTooLarge) as refusal:
        clean_photo(a_picture(8000, 5000, form=form))

    assert "40" in refusal.value.detail


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """A PNG that claims 2,500 million pixels in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000)))

    with pytest.raises(PhotoTooLarge):
        clean_photo(bomb)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 no picture",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        a_picture()[:2000],
        a_picture(form="PNG")[:-800],
    ],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPhoto) as refusal:
        clean_photo(content)

    assert refusal.value.do


def test_a_phone_format_is_named() -> None:
    with pytest.raises(NotAPhoto) as refusal:
        clean_photo(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100))

    assert "HEIC" in refusal.value.say


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_files_are_refused_or_read_and_never_fall_over() -> None:
    dice = random.Random(7)
    for form in ("JPEG", "PNG", "WEBP"):
        whole = a_picture(200, 150, form=form)
        for _turn in range(60):
            broken = bytearray(whole)
            for _place in range(dice.randint(1, 20)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            with contextlib.suppress(Refusal):
                clean_photo(bytes(broken))


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")

    assert opened(clean_photo(out.getvalue())).getpixel((25, 25))[0] > 250


def test_photo_is_kept_with_its_event() -> None:
    found = kept()

    assert found.media_type == "image/jpeg"
    assert size_of_clean(files.get(found.sha256)) == (640, 480)
    event = Event.objects.get(kind="documents.photo-kept")
    assert (event.subject_id, event.payload["sha256"], event.payload["width"]) == (found.pk, found.sha256, 640)


def test_the_same_photo_again_changes_nothing() -> None:
    first = kept()

    assert kept() == first
    assert Event.objects.filter(kind="documents.photo-kept").count() == 1


def test_a_key_comes_once() -> None:
    content = a_picture()

    assert kept(content=content, key="once") == kept(content=content, key="once")


@pytest.mark.parametrize("by", ["stranger", "aud"])
def test_only_who_may_add_photos(by: str) -> None:
    with pytest.raises(NotPermitted):
        kept(by)

    assert not StoredFile.objects.exists()


def test_what_is_not_there_or_not_clean_is_refused() -> None:
    person("mei")
    before = Receipt.objects.count()
    for sha256, refusal in (
        ("0" * 64, PhotoMissing),
        ("../../etc/passwd", PhotoMissing),
        (files.put(a_picture()), NotAPhoto),
        (files.put(b"part,serial"), NotAPhoto),
    ):
        with pytest.raises(refusal):
            keep_photo(caller=a_caller("mei"), file_sha256=sha256)

    assert (StoredFile.objects.count(), Receipt.objects.count()) == (0, before)


def attached(photos: list[str]) -> list[Photo]:
    return attach_photos(a_caller("mei"), ("inventory.unit", 7), photos, 1)


def test_attached_photos_have_a_small_one() -> None:
    photos = attached([put_photo(a_picture()), put_photo(a_picture(800, 600))])

    assert [(photo.width, photo.height) for photo in photos] == [(640, 480), (800, 600)]
    assert max(opened(files.get(photos[1].small.sha256)).size) == SMALL_SIDE
    assert attached([photos[0].file.sha256]) == photos[:1]
    assert Photo.objects.count() == 2


def test_nine_photos_at_once_are_too_many() -> None:
    with pytest.raises(TooManyPhotos):
        attached([f"{number:064x}" for number in range(AT_ONCE + 1)])
    with pytest.raises(PhotoMissing):
        attached(["0" * 64])

    assert not Photo.objects.exists()


def form_value(*names: Any, before: list[str] | None = None) -> Any:
    widget = PhotosField().widget
    taken = MultiValueDict({"photos": list(names)})
    return widget.value_from_datadict(MultiValueDict({"photos_kept": before or []}), taken, "photos")


def test_a_form_keeps_the_good_photos_and_names_the_bad_one() -> None:
    value = form_value(
        SimpleUploadedFile("good.jpg", a_picture()), SimpleUploadedFile("bad.jpg", b"no"), before=["a" * 64, "../x"]
    )

    with pytest.raises(Exception, match=r"bad\.jpg"):
        PhotosField().clean(value)

    again = PhotosField().widget.render("photos", value)
    assert again.count('name="photos_kept"') == 2
    assert 'capture="environment"' in again
    assert PhotosField().clean(form_value(before=[value[1]])) == [value[1]]


def test_the_api_takes_a_photo_and_refuses_what_is_none() -> None:
    client = Client()
    client.force_login(person("mei"))
    address = reverse("api_photos")

    answer = client.post(address, {"file": SimpleUploadedFile("tray.jpg", a_picture())})
    none = client.post(address, {"file": SimpleUploadedFile("tray.jpg", b"none")})
    empty = client.post(address, {})

    assert answer.status_code == 201
    assert files.has(answer.json()["sha256"])
    assert (none.status_code, none.json()["code"]) == (409, "NotAPhoto")
    assert empty.status_code == 400


def test_the_api_asks_the_right_before_it_stores() -> None:
    client = Client()
    client.force_login(person("aud"))
    sha256 = hashlib.sha256(clean_photo(a_picture(333, 222))).hexdigest()

    answer = client.post(reverse("api_photos"), {"file": SimpleUploadedFile("t.jpg", a_picture(333, 222))})

    assert answer.status_code == 403
    assert not files.has(sha256)


def test_pictures_open_for_readers() -> None:
    photo = attached([put_photo(a_picture())])[0]
    client = Client()
    client.force_login(person("aud"))

    for name in ("photo", "photo_small"):
        answer = client.get(reverse(name, args=[photo.pk]))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert "immutable" in answer.headers["Cache-Control"]
        assert opened(b"".join(answer.streaming_content)).format == "JPEG"
    assert client.get(reverse("photo", args=[photo.pk + 99])).status_code == 404
