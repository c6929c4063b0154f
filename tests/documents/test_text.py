"""What may be written, what is refused, and where lines break."""

import pytest

from documents.paper import MissingGlyph, check_glyphs, clean_text, missing_glyphs, text_width, wrap_text
from tests.documents.sample_papers import a_label


def test_controls_and_lone_surrogates_are_removed() -> None:
    assert clean_text("A\x00B\x1b[31mC\ud800D\x85") == "AB[31mCD"


def test_bidi_controls_become_visible() -> None:
    assert clean_text("SN-\u202e1234\u2069") == "SN-[U+202E]1234[U+2069]"


def test_newlines_become_blanks() -> None:
    assert clean_text("a\nb\u2028c") == "a b c"


def test_inequality_signs_are_those_of_the_plant() -> None:
    assert clean_text("\u2264 0.5, \u2265 8") == "≦ 0.5, ≧ 8"


def test_long_text_is_cut_and_says_so() -> None:
    assert clean_text("x" * 1_000_000) == "x" * 399 + "…"


def test_missing_glyphs_are_named_once_each() -> None:
    assert missing_glyphs("髙﨑𠮷○×△①㎡µΩ℃≦≧→·") == ""
    assert missing_glyphs("ok 😀☐😀") == "😀☐"


def test_unprintable_text_in_a_sheet_is_refused_with_its_field() -> None:
    label = a_label()
    broken = type(label)(**{**vars(label), "lot": "L-😀"})

    with pytest.raises(MissingGlyph, match="lot"):
        check_glyphs(broken)


@pytest.mark.parametrize("width", [40, 60, 83, 100])
def test_lines_fit_and_keep_the_rules_of_japanese_typesetting(width: float) -> None:
    text = "漏液警報「スロット5」。漏れ再試験、再エージング24 h(合計)まで、サーバーは進めない。データセンター"

    lines = wrap_text(text, width, 8).split("\n")

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line[0] not in "、。」ー)" for line in lines)
    assert all(line[-1] not in "「(" for line in lines)
    assert all(text_width(line.rstrip("、。"), 8) <= width for line in lines)


def test_latin_words_stay_whole_unless_wider_than_the_line() -> None:
    assert wrap_text("Power distribution board", 60, 8).split("\n") == ["Power", "distribution", "board"]
    assert len(wrap_text("GPU-6f0c1d2e-7c1d-4e2a-9b3f-00000005ccd1", 60, 8).split("\n")) > 2
