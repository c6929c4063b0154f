"""The press: same story, same bytes; nothing from outside; nothing silently missing."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import reportlab.rl_config
from reportlab.pdfbase import pdfmetrics

from assembly.documents import traveller
from documents.paper import BOLD, REGULAR, Column, MissingGlyph, Story, list_table, register_fonts
from documents.press import press
from documents.seal import bytes_hash
from tests.documents.reading import fonts_of, pages_of, text_of
from tests.documents.sample_sheets import a_traveller, an_issue

ROOT = Path(__file__).resolve().parents[2]

_PRESS_ONCE = """
from assembly.documents import traveller
from documents.press import press
from documents.seal import bytes_hash
from tests.documents.sample_sheets import a_traveller, an_issue
print(bytes_hash(press(traveller.story(a_traveller(), "ja", an_issue()))))
"""


def pressed(lang: str = "ja") -> bytes:
    return press(traveller.story(a_traveller(), lang, an_issue()))


def a_page_with(*cells: str) -> Story:
    register_fonts()
    table = list_table([Column("x", 60) for _ in cells], [list(cells)])
    return Story(title="試験", subject="T-1", lang="ja", flowables=[table], facts="00" * 32, record=1)


def test_same_sheet_is_the_same_bytes_twice() -> None:
    assert pressed() == pressed()


def test_same_sheet_is_the_same_bytes_in_other_processes() -> None:
    hashes = {bytes_hash(pressed())}

    for seed, zone in (("1", "UTC"), ("4242", "America/Chicago")):
        there = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        run = [sys.executable, "-c", _PRESS_ONCE]
        done = subprocess.run(run, cwd=ROOT, env=there, capture_output=True, text=True, check=True)
        hashes.add(done.stdout.strip())

    assert len(hashes) == 1


def test_papers_pressed_at_once_in_threads_are_not_mixed_up() -> None:
    alone = {lang: pressed(lang) for lang in ("ja", "en")}

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(pressed, ["ja", "en"] * 4))

    assert together == [alone["ja"], alone["en"]] * 4


def test_the_typeface_is_the_one_the_bytes_depend_on() -> None:
    """A new fontTools or a new font package changes every paper's bytes: then change these two on purpose."""
    register_fonts()
    cut = {name: pdfmetrics.getFont(name).face.filename for name in (REGULAR, BOLD)}

    assert {name: hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16] for name, path in cut.items()} == {
        REGULAR: "0c24b52a8df9267d",
        BOLD: "cb1981c18c58cb22",
    }


@pytest.mark.complaint(25)
def test_every_font_is_embedded_and_none_is_helvetica() -> None:
    fonts = fonts_of(pressed())

    assert fonts and all(fonts.values())
    assert all("+NotoSansJP-" in name for name in fonts)
    assert b"Helvetica" not in pressed()


def test_foot_says_page_record_document_and_check_code() -> None:
    pages = pages_of(pressed())

    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        assert "#2,918,460" in page and "TRV-26-00131-07" in page
        assert "8f2c1f3e9a0b4c7d8e6f1a2b3c4d5e6f" in page


def test_later_pages_name_the_rack() -> None:
    assert all(page.startswith("工程移動票") or "RK26-00131" in page for page in pages_of(pressed()))


def test_page_without_an_issue_is_marked_as_a_copy() -> None:
    loose = press(traveller.story(a_traveller(), "ja"))

    assert all("控え COPY" in page for page in pages_of(loose))
    assert "控えCOPY" not in text_of(pressed())


def test_an_issue_can_be_printed_as_a_copy() -> None:
    assert "控えCOPY" in text_of(press(traveller.story(a_traveller(), "ja", an_issue()), copy=True))


@pytest.mark.complaint(25)
def test_missing_glyph_is_loud() -> None:
    with pytest.raises(MissingGlyph, match=r"U\+1F600 .* cannot be printed") as refused:
        press(a_page_with("電源 😀"))

    assert refused.value.character == "😀" and "電源" in refused.value.where


def test_markup_in_a_value_stays_text() -> None:
    name = '</para><img src="file:///etc/passwd"/><font color="red">A</font>'

    assert name.replace(" ", "") in text_of(press(a_page_with(name)))


def test_nothing_can_be_fetched() -> None:
    register_fonts()

    assert reportlab.rl_config.trustedHosts == []
    assert reportlab.rl_config.trustedSchemes == ["data"]


def test_a_name_of_a_megabyte_is_one_page() -> None:
    assert len(pages_of(press(a_page_with("巨" * 1_000_000)))) == 1
