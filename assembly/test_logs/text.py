"""From the bytes of an artefact to text: size first, then gzip, then encoding. Nothing is parsed before it fits."""

import zlib
from dataclasses import dataclass

from assembly.test_logs.result import Unreadable

SIZE_LIMIT = 50 * 1024 * 1024
"""Bytes, of the file and of what it unpacks to: a whole rack's nvidia-smi XML is 2.1 MB (nvl72.md 10.2)."""

_GZIP = b"\x1f\x8b"
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


@dataclass(frozen=True)
class Text:
    """The text, and a sentence for each repair that was needed to get it."""

    text: str
    repairs: tuple[str, ...]


def fits(content: bytes) -> None:
    """Refuses what is over SIZE_LIMIT."""
    if len(content) > SIZE_LIMIT:
        raise Unreadable(f"The file has {len(content)} bytes; the limit is {SIZE_LIMIT}.")


def text_of(content: bytes, fallback: str = "") -> Text:
    """Refuses what is empty, over SIZE_LIMIT, cut off inside gzip, or holds NUL characters. `fallback`: the encoding of
    bytes that are no clean UTF-8 but clean in that one."""
    fits(content)
    plain = _unpacked(content) if content.startswith(_GZIP) else content
    if not plain.strip(b"\x00 \t\r\n"):
        raise Unreadable("The file is empty.")

    encoding, skip = _encoding(plain)
    body = plain[skip:]
    if fallback and encoding == "utf-8" and _repairs(body, encoding) and not _repairs(body, fallback):
        encoding = fallback
    text = body.decode(encoding, errors="replace")
    if "\x00" in text:
        raise Unreadable("The file holds NUL bytes: it was damaged when it was written.")
    if not text.strip():
        raise Unreadable("The file is empty.")
    return Text(text, _repairs(body, encoding))


def _encoding(plain: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if plain.startswith(mark):
            return encoding, len(mark)
    # Without a mark: in UTF-16 the first character of our formats has a zero byte beside it.
    if plain[:4].count(0) == 2 and 0 in plain[:2]:
        return ("utf-16-be" if plain[0] == 0 else "utf-16-le"), 0
    return "utf-8", 0


def _repairs(body: bytes, encoding: str) -> tuple[str, ...]:
    try:
        body.decode(encoding)
    except UnicodeDecodeError as broken:
        return (f"The file is not clean {encoding.upper()} (first at byte {broken.start}); bad bytes were replaced.",)
    return ()


def _unpacked(content: bytes) -> bytes:
    parts: list[bytes] = []
    room = SIZE_LIMIT
    rest = content
    while rest.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(rest, room + 1)
        except zlib.error as broken:
            raise Unreadable(f"The gzip file is damaged: {broken}.") from broken
        if len(part) > room:
            raise Unreadable(f"The gzip file unpacks to more than {SIZE_LIMIT} bytes.")
        if not member.eof:
            raise Unreadable("The gzip file is cut off.")
        parts.append(part)
        room -= len(part)
        rest = member.unused_data
    if rest.strip(b"\x00"):
        raise Unreadable("Other bytes follow the gzip data.")
    return b"".join(parts)
