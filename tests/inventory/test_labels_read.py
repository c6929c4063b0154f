"""The grammar of a scan: GS1 element strings, Digital Links, ISO/IEC 15434, plain text; strict, and never guessing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from inventory.scanning.gs1 import NotGs1, check_digit, has_check_digit, read_elements, read_link
from inventory.scanning.labels import LabelUnreadable, read_label
from inventory.scanning.meaning import bare

GS, RS, EOT = "\x1d", "\x1e", "\x04"
GTIN = "04912345678904"


def elements(raw: str) -> dict[str, str]:
    """What a code says, by identifier."""
    _text, label = read_label(raw)
    assert label is not None, raw
    return dict(label.elements)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("34569951110000001") == "7"
    assert has_check_digit("345699511100000017") and has_check_digit(GTIN)
    assert not has_check_digit("345699511100000018")
    assert not has_check_digit("⁰⁰")  # superscripts are digits to Python, not to a label


@pytest.mark.parametrize("symbology", ["]C1", "]d2", "]Q3", "]e0", "]J1", GS])
def test_a_gs1_code_is_an_element_string(symbology: str) -> None:
    raw = f"{symbology}01{GTIN}10LOT-7{GS}17271231{'21SN 1'.replace(' ', '')}"

    assert elements(raw) == {"01": GTIN, "10": "LOT-7", "17": "271231", "21": "SN1"}


def test_an_sscc_is_read_with_and_without_a_symbology_identifier() -> None:
    assert elements("]C100345699511100000017") == {"00": "345699511100000017"}
    assert read_label("345699511100000017")[1] is None  # digits alone are no SSCC before somebody looks it up


@pytest.mark.parametrize("plain", ["1640124000234", "4912345678904", "MT2244T005JP", "(01)04912345678904(21)7"])
def test_length_alone_makes_nothing_a_gtin(plain: str) -> None:
    assert read_label(plain) == (plain, None)


@pytest.mark.parametrize("symbology", ["]Q1", "]d1", "]C0", "]A0"])
def test_a_plain_code_loses_its_symbology_identifier_once(symbology: str) -> None:
    assert read_label(f"{symbology}GP000001235") == ("GP000001235", None)
    assert read_label(f"{symbology}]C1X")[0] == "]C1X"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (f"https://id.gs1.org/01/{GTIN}/21/SN-1", {"01": GTIN, "21": "SN-1"}),
        (f"https://genpin.test/01/{GTIN}/10/L%2F7", {"01": GTIN, "10": "L/7"}),
        (f"http://x.test/shop/gtin/{GTIN}/ser/9?17=271231&linkType=all", {"01": GTIN, "21": "9", "17": "271231"}),
        ("https://x.test/00/345699511100000017", {"00": "345699511100000017"}),
        ("https://x.test/8004/4912345RACK7", {"8004": "4912345RACK7"}),
        ("https://x.test/414/4912345000002/254/STORE-1", {"414": "4912345000002", "254": "STORE-1"}),
    ],
)
def test_a_digital_link_says_the_same_from_any_host(link: str, said: dict[str, str]) -> None:
    assert elements(link) == said


@pytest.mark.parametrize(
    "address", ["https://genpin.test/verify/AbC_1/", "https://x.test/", "ftp://x.test/01/1", "http://"]
)
def test_another_address_is_no_digital_link(address: str) -> None:
    assert read_label(address)[1] is None


@pytest.mark.parametrize(
    ("raw", "kind", "said"),
    [
        (f"[)>{RS}06{GS}1PMCX75310AAS-NEAT{GS}SMT2244T005JP{GS}Q1{RS}{EOT}", "mh10",
         {"1P": "MCX75310AAS-NEAT", "S": "MT2244T005JP", "Q": "1"}),
        (f"[)>{RS}06{GS}1P900-2G548-A801-000{GS}S1640124000234", "mh10",
         {"1P": "900-2G548-A801-000", "S": "1640124000234"}),
        (f"[)>{RS}05{GS}01{GTIN}{GS}21SN-1{RS}{EOT}", "gs1", {"01": GTIN, "21": "SN-1"}),
        (f"[)>{RS}12{GS}MFR 1234{GS}PNR PN-9{GS}SER 00042{RS}{EOT}", "tei",
         {"MFR": "1234", "PNR": "PN-9", "SER": "00042"}),
        (f"]d1[)>{RS}06{GS}SX1{RS}{EOT}", "mh10", {"S": "X1"}),
    ],
)  # fmt: skip
def test_an_envelope_of_iso_15434_is_opened(raw: str, kind: str, said: dict[str, str]) -> None:
    _text, label = read_label(raw)

    assert label is not None
    assert (label.kind, dict(label.elements)) == (kind, said)
    assert label.as_json()["parser"] == 1


@pytest.mark.parametrize(
    "raw",
    [
        f"]C101{GTIN[:-1]}5",  # check digit
        f"]C101{GTIN[:-1]}",  # too short
        "]C121SN1",  # a serial without its GTIN
        f"]C101{GTIN}17271332",  # no such month
        f"]C101{GTIN}21" + "x" * 21,
        f"]C101{GTIN}21",
        f"]C101{GTIN}01{GTIN.replace('4', '5')}",
        "]C1",
        "]C18999",
        "]C14149",
        f"https://x.test/01/{GTIN[:-1]}5/21/1",
        f"https://x.test/01/{GTIN}?01={GTIN}",
        f"https://x.test/01/{GTIN}?17=",
        f"[)>{RS}06{GS}{RS}{EOT}",
        f"[)>{RS}06{GS}SA{GS}SB{RS}{EOT}",
        f"[)>{RS}06{GS}ー1{RS}{EOT}",
        f"[)>{RS}99{GS}SA{RS}{EOT}",
        f"]C101{GTIN}21ア",
    ],
)
def test_what_breaks_its_own_rules_is_refused_with_a_sentence(raw: str) -> None:
    with pytest.raises(LabelUnreadable) as refusal:
        read_label(raw)

    assert refusal.value.say and refusal.value.true and refusal.value.do
    why = refusal.value.say.partition("規格に合いません:")[2]
    assert re.search(r"[ぁ-ん]", why), refusal.value.say  # the reason is said in the reader's language, too


@pytest.mark.parametrize(
    ("text", "rest"), [("S1640124000234", "1640124000234"), ("1TLOT7", "LOT7"), ("MT22", ""), ("S", "")]
)
def test_a_makers_data_identifier_may_stand_before_a_plain_code(text: str, rest: str) -> None:
    assert bare(text) == rest


VECTORS = Path(__file__).parent / "gs1_vectors.json"
"""GS1's own cases (gs1-syntax-engine, Apache-2.0): [must succeed, message, why we differ]."""


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text(encoding="utf-8")), ids=lambda case: str(case[1])[:40])
def test_gs1_s_own_cases_agree_but_for_those_with_a_reason(case: list[Any]) -> None:
    right, message, reason = case

    assert _is_read(message) == (right != bool(reason))


def _is_read(message: str) -> bool:
    try:
        if message.startswith("^") or not message:
            read_elements(message.replace("^", GS))
            return True
        return read_link(message) is not None
    except NotGs1:
        return False
