"""The rack drawing: places, heights, marks; no page is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assembly.elevation import (
    BackPart,
    Brace,
    Drawing,
    DrawnRow,
    Position,
    RackBack,
    RackFace,
    Row,
    TrayTop,
    elevation,
    lens,
    rear,
    tray_top,
)

ROWS = (
    Row(44, "mgmt", slot="M2"),
    Row(33, "compute", slot="23", state="next", short="NEXT"),
    Row(32, "compute", slot="22", state="just", text="CT26-0031874", href="/units/1/", label="slot 22"),
    Row(31, "compute", slot="21", text="CT26-0031868"),
    Row(19, "switch", slot="9", text="MT2615X00457"),
    Row(7, "shelf", slot="P1"),
)
FACE = RackFace("k", 44, ROWS, "front", "slot 23 is next", (Brace(28, 37, "T8–17"),))


def row(drawing: Drawing, slot: str) -> DrawnRow:
    """The row that carries this slot number."""
    return next(row for row in drawing.rows if any(word.text == slot for word in row.words))


def test_every_unit_is_drawn_once_from_the_top_down() -> None:
    drawing = elevation(FACE)

    assert len(drawing.rows) == 44
    tops = [row.face.y for row in drawing.rows]
    assert tops == sorted(tops)
    assert drawing.rows[0].face.y == pytest.approx(10.9)
    assert drawing.void.height == 44 * 19


def test_units_without_a_row_are_open_places() -> None:
    drawing = elevation(FACE)

    assert sum(row.css.startswith("blank") for row in drawing.rows) == 44 - len(ROWS)


def test_a_thing_of_two_units_takes_both() -> None:
    drawing = elevation(RackFace("k", 10, (Row(3, "other", height=2, slot="C"),), "front"))

    assert len(drawing.rows) == 9
    assert row(drawing, "C").face.y == pytest.approx(10 + 6 * 19 + 0.9)
    assert row(drawing, "C").face.height == pytest.approx(2 * 19 - 1.8)


def test_the_lens_draws_rows_near_the_slot_taller() -> None:
    drawing = lens(FACE, 33)

    heights = [row(drawing, slot).face.height for slot in ("23", "22", "21", "9")]
    assert heights == [44.2, 32.2, 20.2, 8.6]
    assert drawing.height == pytest.approx(585.6)


def test_the_lens_at_the_edge_of_the_rack_stays_inside() -> None:
    drawing = lens(RackFace("k", 44, (Row(44, "compute", slot="27", state="next"),), "front"), 44)

    last = drawing.rows[-1].face
    assert drawing.rows[0].face.y == pytest.approx(10.9)
    assert last.y + last.height < drawing.height


def test_the_lens_shows_five_digits_and_the_page_the_whole_serial() -> None:
    assert any(word.text == "31874" for word in row(lens(FACE, 33), "22").words)
    assert any(word.text == "CT26-0031874" for word in row(elevation(FACE), "22").words)


def test_the_next_slot_has_an_arrow_in_place_of_its_unit_number() -> None:
    drawing = lens(FACE, 33)

    assert row(drawing, "23").arrow
    assert "33" not in [word.text for word in drawing.units]
    assert "32" in [word.text for word in drawing.units]


@pytest.mark.parametrize("state", ["stop", "empty", "unknown", "queued"])
def test_a_slot_that_holds_nothing_known_is_drawn_hollow(state: str) -> None:
    drawing = elevation(RackFace("k", 10, (Row(3, "compute", slot="1", state=state),), "front"))

    assert row(drawing, "1").lines == ()
    assert row(drawing, "1").dots == ()


@pytest.mark.parametrize(("state", "icon"), [("hold", "hold"), ("fail", "fail"), ("just", "ok"), ("queued", "queued")])
def test_a_state_has_a_mark_beside_its_colour(state: str, icon: str) -> None:
    sign = row(elevation(RackFace("k", 10, (Row(3, "compute", slot="1", state=state),), "front")), "1").sign

    assert sign is not None
    assert sign.icon == icon


def test_a_held_row_is_hatched_and_a_link_keeps_its_name() -> None:
    held = row(elevation(RackFace("k", 10, (Row(3, "compute", slot="1", state="hold"),), "front")), "1")

    assert held.hatched
    assert row(elevation(FACE), "22").href == "/units/1/"
    assert row(elevation(FACE), "22").label == "slot 22"


def test_the_legend_counts_things_not_open_places() -> None:
    assert dict(elevation(FACE).legend) == {"done": 5, "empty": 1}


def test_the_back_is_as_high_as_the_front() -> None:
    parts = (BackPart("cartridge", 11, 37, "0", joins=(11, 12)), BackPart("supply", 6, 38, "supply", joins=(11, 12)))
    back = rear(RackBack(44, parts, "back"))

    assert back.height == elevation(FACE).height
    assert back.parts[0].body.y + back.parts[0].body.height == pytest.approx(10 + 19 * (44 - 11 + 1))
    assert len(back.parts[1].dots) == 2
    assert back.parts[0].body.x < back.parts[1].body.x


def test_a_tray_puts_drives_in_front_of_the_boards_and_loses_no_position() -> None:
    positions = (
        Position("drive", "E1.S 0"),
        Position("superchip", "0", text="1653225001184"),
        Position("superchip", "1", state="hold"),
        Position("fan", "FAN 1"),
        Position("unheard of", "?"),
    )

    drawing = tray_top(TrayTop("t", positions, "tray"))

    places = {drawn.words[0].text: drawn for drawn in drawing.positions}
    assert len(places) == len(positions)
    assert places["FAN 1"].face.y < places["0"].face.y < places["?"].face.y < places["E1.S 0"].face.y
    assert places["1"].hatched
    assert all(drawn.face.x + drawn.face.width <= drawing.width for drawn in drawing.positions)


def test_a_serial_too_long_for_its_place_keeps_its_last_five_digits() -> None:
    narrow = tuple(Position("io", f"IO {at}", text="MT2611X00018") for at in range(6))

    drawing = tray_top(TrayTop("t", narrow, "tray"))

    assert drawing.positions[0].words[1].text == "00018"


def test_ports_leave_the_serial_its_place() -> None:
    bare = row(elevation(RackFace("k", 4, (Row(2, "mgmt", slot="M1"),), "front")), "M1")
    named = row(elevation(RackFace("k", 4, (Row(2, "mgmt", slot="M1", text="MT2615X00457"),), "front")), "M1")

    middle = named.face.x + named.face.width / 2
    starts = [float(part.split()[0]) for part in named.lines[1].split("M")[1:]]
    assert named.lines[1].count("M") < bare.lines[1].count("M")
    assert all(abs(start + 2.5 - middle) > 12 * 2.7 for start in starts)


def test_a_held_rack_says_so_whatever_its_rows_are() -> None:
    assert elevation(replace(FACE, held=True)).held
    assert not elevation(FACE).held
