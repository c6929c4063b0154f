"""normalise, normalise_identifier, tags, sentinels: no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.scanning import clean_scan, own_code
from inventory.text import (
    LayoutError,
    check_character,
    fold,
    is_sentinel,
    is_tag,
    normalise,
    normalise_identifier,
    tag_text,
)

ascii_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=200)


@given(ascii_text)
def test_plain_text_stays_itself(text: str) -> None:
    assert normalise(text) == text


@given(ascii_text)
def test_full_width_is_its_ascii(text: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in text)
    assert normalise("\u3000" + wide + " ") == text


@given(st.text(max_size=220))
def test_either_printable_ascii_or_a_layout_error(text: str) -> None:
    try:
        answer = normalise(text)
    except LayoutError:
        return
    assert answer.isascii()
    assert all(0x20 <= ord(char) <= 0x7E for char in answer)
    assert normalise(answer) == answer


@pytest.mark.parametrize("text", ["⁰", "①", "㍘", "−1", "A‑B", "ー", "ﾃｽﾄ", "é", "\x00", "a\tb", "\u202e1", "１\x1d2"])
def test_what_must_not_be_folded_is_refused(text: str) -> None:
    with pytest.raises(LayoutError):
        normalise(text)


@given(st.integers(min_value=0, max_value=99_999_999), st.integers(2, 10), st.integers(0, 35))
def test_one_wrong_character_makes_no_tag(number: int, place: int, other: int) -> None:
    tag = tag_text(number)
    assert is_tag(tag)
    wrong = tag[:place] + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[other] + tag[place + 1 :]
    assert is_tag(wrong) == (wrong == tag)


def test_swapped_neighbours_make_no_tag() -> None:
    assert not is_tag(tag_text(12)[:8] + "21" + check_character("GP00000012"))


@pytest.mark.parametrize(
    ("kind", "raw", "normal"),
    [
        ("mac", "58A2E1000001", "58:a2:e1:00:00:01"),
        ("mac", "58-a2-e1-00-00-01 ", "58:a2:e1:00:00:01"),
        ("uuid", "URN:UUID:6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("uuid", "GPU-6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "gpu-6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("label", "MT2328XZ185R            ", "MT2328XZ185R"),
        ("label", "AbC", "AbC"),
        ("redfish", "N/A", None),
        ("redfish", "0x0000000000000000", None),
        ("uuid", "ffffffff-ffff-ffff-ffff-ffffffffffff", None),
    ],
)
def test_identifiers_have_one_form(kind: str, raw: str, normal: str | None) -> None:
    assert normalise_identifier(kind, raw) == normal


@pytest.mark.parametrize("text", ["0", "00", "F", "FACE", "000A", "NA1"])
def test_short_and_real_text_is_no_sentinel(text: str) -> None:
    assert not is_sentinel(text)


@pytest.mark.parametrize("text", ["https+//x.jp/01/0", "http+//x", "[C101", "[d2", "[Q3", "[e0", ")0104", ")21ABC"])
def test_layout_mix_ups_are_told(text: str) -> None:
    with pytest.raises(LayoutError):
        clean_scan(text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("LOC-STORE-1", ("LOC", "STORE-1", None)),
        ("OP-GP00000012A-120", ("OP", "GP00000012A", 120)),
        ("SLOT-U12", ("SLOT", "U12", None)),
        ("CMD-UNDO", ("CMD", "UNDO", None)),
        ("CMD-DROP", None),
        ("OP-GP1", None),
        ("LOC-", None),
        ("MT2244-T005", None),
        ("LOC-A B", None),
    ],
)
def test_own_codes(text: str, meaning: tuple[str, str, int | None] | None) -> None:
    found = own_code(text)
    assert (None if found is None else (found.kind, found.value, found.number)) == meaning


def test_fold_touches_width_and_edges_only() -> None:
    assert fold("　ＡＢ　Ｃ¥⁰\n") == "AB C¥⁰"
