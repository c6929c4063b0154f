"""Reading a pressed paper back: text by page, and which fonts it carries."""

from io import BytesIO

from pypdf import PdfReader


def pages_of(pressed: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pressed)).pages]


def text_of(pressed: bytes) -> str:
    """All text without the white between pieces, because a wrapped cell is several pieces."""
    return "".join("".join(pages_of(pressed)).split())


def fonts_of(pressed: bytes) -> dict[str, bool]:
    """Name of each font on any page, and whether its file is inside."""
    fonts = {}
    for page in PdfReader(BytesIO(pressed)).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object().get("/FontDescriptor")
            fonts[font.get_object()["/BaseFont"]] = bool(descriptor) and "/FontFile2" in descriptor.get_object()
    return fonts
