"""Bar codes: what is drawn can be read back."""

import pytest

from documents.paper.codes import code128_values


def read_back(values: tuple[int, ...]) -> str:
    """A scanner in twelve lines: alphabets B and C, `~` for FNC1."""
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:-1], start=1))) % 103
    assert values[-1] == check
    dense, text = values[0] == 105, ""
    for value in values[1:-1]:
        if value == 102:
            text += "~"
        elif value == (100 if dense else 99):
            dense = not dense
        else:
            text += f"{value:02}" if dense else chr(value + 32)
    return text


@pytest.mark.parametrize(
    "text", ["RK26-00131", "MO-26-0402", "OP-250-2", "1650000001177", "12", "7", "A12345B", "A123456B", "x1234567"]
)
def test_text_is_read_back(text: str) -> None:
    assert read_back(code128_values(text)) == text


def test_digits_are_packed_in_pairs() -> None:
    assert len(code128_values("345699511100000017")) == 1 + 9 + 1


def test_sscc_carries_function_one_in_front() -> None:
    values = code128_values("00345699511100000017", gs1=True)

    assert values[:2] == (105, 102)
    assert read_back(values) == "~00345699511100000017"


@pytest.mark.parametrize("text", ["", "製造", "a\x1db"])
def test_what_the_alphabet_lacks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        code128_values(text)
