"""Photos from a tablet's camera: read once, kept as a plain JPEG that tells nothing but the picture.

Whatever comes in is decoded and written anew: turned upright, scaled down to LONG_SIDE, without EXIF (place, device,
owner), comments or embedded previews. A file that is no picture never reaches the content store.
"""

from __future__ import annotations

import io
import struct
import zlib

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from documents import files
from ledger.refusals import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
"""What tablets, phones and cameras send. An MPO is a JPEG with a second picture behind the first: it opens as JPEG."""

SIZE_LIMIT = 40 * 1024 * 1024
"""Bytes of a file as it comes in."""
JPEG_PIXELS = 120_000_000
"""Pixels of a JPEG: it is decoded at a part of its size, so even this needs little memory."""
PIXELS = 30_000_000
"""Pixels of a PNG or WebP, which are decoded whole (about 120 MB)."""
LONG_SIDE = 2560
"""Pixels of the longer side as kept: a scratch of 0.2 mm shows on a tray of 450 mm."""
SMALL_SIDE = 360
"""Pixels of the longer side of the small picture in lists."""
QUALITY = 85

BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on damaged files."""

_PHONE = (b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1", b"avif")


class NotAPhoto(Refusal):
    """The file is no picture of a kind that is taken, or it is cut off."""


class PhotoTooLarge(Refusal):
    """More bytes or pixels than one picture may have."""


def put_photo(content: bytes) -> str:
    """Clean a picture, put it into the content store and return its hash. Refuses NotAPhoto, PhotoTooLarge.

    A door calls it before its operation, after the right was asked; what no operation names is swept later."""
    return files.put(clean_photo(content))


def clean_photo(content: bytes) -> bytes:
    """The picture as a plain upright JPEG. Refuses NotAPhoto, PhotoTooLarge; memory stays under about 150 MB."""
    if len(content) > SIZE_LIMIT:
        raise _too_large(_("The photo has more than %(limit)d MB.") % {"limit": SIZE_LIMIT // 1024 // 1024})
    with _opened(content) as image:
        width, height = image.size
        limit = JPEG_PIXELS if image.format in ("JPEG", "MPO") else PIXELS
        if width * height > limit:
            raise _too_large(
                _("The photo has %(count)d million pixels; at most %(limit)d are taken.")
                % {"count": width * height // 1_000_000, "limit": limit // 1_000_000}
            )
        return _written(image, LONG_SIDE)


def small_photo(content: bytes) -> bytes:
    """A small JPEG of a kept photo, for lists."""
    with _opened(content) as image:
        return _written(image, SMALL_SIDE)


def size_of_clean(content: bytes) -> tuple[int, int]:
    """Width and height of a photo that `clean_photo` has made. Refuses NotAPhoto for anything else."""
    with _opened(content) as image:
        told = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        if image.format != "JPEG" or told or max(image.size) > LONG_SIDE:
            raise NotAPhoto(
                _("This file was not taken in as a photo."),
                true=_("Nothing was recorded."),
                do=_("Send the photo again."),
            )
        return image.size


def _opened(content: bytes) -> Image.Image:
    """The picture, its header read. Refuses NotAPhoto."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as fault:
        raise _too_large(_("The photo has far too many pixels.")) from fault
    except BROKEN as fault:
        if content[4:8] == b"ftyp" and content[8:12] in _PHONE:
            raise NotAPhoto(
                _("This photo is in a format that only some devices can show (HEIC or AVIF)."),
                true=_("Nothing was recorded."),
                do=_("Set the camera to JPEG and take it again."),
            ) from fault
        raise _no_photo() from fault


def _written(image: Image.Image, long_side: int) -> bytes:
    try:
        image.draft("RGB", (long_side, long_side))  # a JPEG is decoded at 1/2, 1/4 or 1/8 of its size
        upright = _upright(image)
        upright.thumbnail((long_side, long_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image = _on_white(upright)
    except (*BROKEN, Image.DecompressionBombError) as fault:
        raise _no_photo() from fault
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held; a picture whose EXIF is damaged stays as it is."""
    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image.copy()


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which a JPEG lacks."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    sheet = Image.new("RGB", layer.size, "white")
    sheet.paste(layer, mask=layer.getchannel("A"))
    return sheet


def _no_photo() -> NotAPhoto:
    return NotAPhoto(
        _("This file is no photo, or it is cut off."),
        true=_("Nothing was recorded."),
        do=_("Take the photo again as JPEG, PNG or WebP."),
    )


def _too_large(say: str) -> PhotoTooLarge:
    return PhotoTooLarge(say, true=_("Nothing was recorded."), do=_("Take it again at a lower resolution."))
