"""Pictures as tablets send them: with EXIF, place and all."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

PLACE = b"31.81305"
"""A latitude as the camera's own note has it; it may never be found in what is kept."""


def a_picture(
    width: int = 640, height: int = 480, *, form: str = "JPEG", turned: int = 1, colour: str = "#5a6a72"
) -> bytes:
    """A picture with a dark corner at the upper left, an EXIF block with GPS, and the camera held as `turned` says."""
    image = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill="black")
    exif = image.getexif()
    exif[0x0112] = turned  # orientation
    exif[0x010F] = "Camera of Mei"
    exif[0x9286] = PLACE
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (31.0, 48.0, 46.98)
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()
