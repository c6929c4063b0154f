"""The four papers say what their sheets say, in both languages."""

from dataclasses import replace

import pytest

from assembly.documents import as_built, traveller
from documents.paper import MissingGlyph
from documents.press import press
from inventory.documents import unit_label
from logistics.documents import packing_list
from tests.documents.reading import fonts_of, pages_of, text_of
from tests.documents.sample_papers import a_label, a_packing_list, an_as_built
from tests.documents.sample_sheets import a_traveller, an_issue

TRAVELLER = {
    "ja": "工程移動票 いまの工程 350エージング72h停止・保留 降下0.62kPa(≦0.50) 再2回目 署名 欠測・停止 6版は無効",
    "en": "Traveller Nowat 350Burn-in72hstopped,onhold decay0.62kPa(≦0.50) attempt2 Signatures Gap,stop rev.6isvoid",
}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_traveller_shows_where_the_rack_is(lang: str) -> None:
    paper = press(traveller.story(a_traveller(), lang, an_issue()))

    assert len(pages_of(paper)) == 6
    text = text_of(paper)
    assert [word for word in TRAVELLER[lang].split() if word not in text] == []


def test_traveller_speaks_plant_time_in_both_languages() -> None:
    for lang in ("ja", "en"):
        assert "2026/11/2016:05" in text_of(press(traveller.story(a_traveller(), lang, an_issue())))


def test_traveller_of_an_empty_build_says_so() -> None:
    nothing = {"steps": (), "lots": (), "readings": (), "burn_ins": (), "signatures": (), "nonconformities": ()}
    sheet = replace(a_traveller(), stamps=(), test_runs=(), composition=(), **nothing)

    text = text_of(press(traveller.story(sheet, "ja", an_issue())))

    assert "未" in text and "なし" in text


def test_changed_fact_changes_the_paper() -> None:
    sheet = a_traveller()
    other = replace(sheet, record=sheet.record + 1)

    assert press(traveller.story(sheet, "ja", an_issue())) != press(traveller.story(other, "ja", an_issue()))


def test_traveller_with_an_unprintable_name_is_refused_with_the_field() -> None:
    sheet = a_traveller()
    steps = (replace(sheet.steps[0], operator="林😀"), *sheet.steps[1:])

    with pytest.raises(MissingGlyph, match=r"steps\[0\]\.operator"):
        traveller.story(replace(sheet, steps=steps), "ja")


def test_hostile_text_is_shown_and_does_no_harm() -> None:
    sheet = a_traveller()
    note = "</para><b>\u202eABC\x00" + "長" * 5000
    steps = (replace(sheet.steps[0], note=note), *sheet.steps[1:])

    text = text_of(press(traveller.story(replace(sheet, steps=steps), "ja", an_issue())))

    assert "</para><b>[U+202E]ABC" in text


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_as_built_lists_every_unit_and_both_lives(lang: str) -> None:
    sheet = an_as_built()

    paper = press(as_built.story(sheet, lang, an_issue("ABR-26-00131-02", 2)))

    text = text_of(paper)
    assert len(pages_of(paper)) >= 10
    assert [unit.tag for unit in sheet.units if unit.tag not in text] == []
    assert "1650000001177" in text and "2026/11/1815:30" in text
    assert ("無効" if lang == "ja" else "void") in text
    assert sum(text.count(unit.identifiers[0][1][-12:]) for unit in sheet.units if unit.identifiers[:1]) > 72


@pytest.mark.parametrize(("lang", "title"), [("ja", "現品票"), ("en", "Unitlabel")])
def test_label_is_one_small_page(lang: str, title: str) -> None:
    paper = press(unit_label.story(a_label(), lang))

    text = text_of(paper)
    assert len(pages_of(paper)) == 1
    assert title in text and "GU1177-0" in text and "1650000011770" in text
    assert "COPY" not in text and all(fonts_of(paper).values())


def test_held_unit_has_the_hold_on_its_label() -> None:
    assert "保留HD-26-0031" in text_of(press(unit_label.story(a_label(1), "ja")))


def test_unknown_origin_is_said_on_the_label() -> None:
    assert "不明" in text_of(press(unit_label.story(replace(a_label(), country=""), "ja")))


def test_nine_labels_take_two_sheets() -> None:
    pages = pages_of(press(unit_label.sheet_story([a_label(n) for n in range(9)], "ja")))

    assert [page.count("現品票") for page in pages] == [8, 1]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", ("梱包明細書", "密閉木箱", "異常なし", "総質量", "受領印", "志布志港")),
        ("en", ("Packinglist", "Closedwoodenbox", "intact", "Gross", "Received", "Shibushiport")),
    ],
)
def test_packing_list_names_crates_masses_and_road(lang: str, words: tuple[str, ...]) -> None:
    text = text_of(press(packing_list.story(a_packing_list(), lang, an_issue("PKL-26-0088-01", 1))))

    assert [word for word in words if word not in text] == []
    assert "(00)345699511100000017" in text
    assert "3,425.0kg" in text and "SL-440917" in text
