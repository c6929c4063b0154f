"""Paper: typeface, grid, text, codes, tables. The only place with fonts, millimetres and colours."""

from documents.paper.codes import BarCode, QrCode, draw_code, draw_qr
from documents.paper.fonts import BOLD, REGULAR, MissingGlyph, cut_fonts, fonts_are_cut, register_fonts
from documents.paper.grid import (
    A4,
    CELL,
    HEAVY,
    INK,
    LABEL,
    LABEL_SHEET,
    MM,
    OUTER,
    PAPER,
    SMALL_LABEL,
    STAMP_RED,
    Page,
)
from documents.paper.parts import Heading, Issue, NoteLines, SectionTitle, Story, gap, room_for, section, stamp_row
from documents.paper.plots import Curve, SeriesPlot
from documents.paper.stamps import Stamp, StampRow
from documents.paper.tables import Column, Marks, StruckText, form_table, list_table, wrap_cell
from documents.paper.text import check_glyphs, clean_text, fit_text, missing_glyphs, text_width, wrap_text

__all__ = [
    "A4",
    "BOLD",
    "CELL",
    "HEAVY",
    "INK",
    "LABEL",
    "LABEL_SHEET",
    "MM",
    "OUTER",
    "PAPER",
    "REGULAR",
    "SMALL_LABEL",
    "STAMP_RED",
    "BarCode",
    "Column",
    "Curve",
    "Heading",
    "Issue",
    "Marks",
    "MissingGlyph",
    "NoteLines",
    "Page",
    "QrCode",
    "SectionTitle",
    "SeriesPlot",
    "Stamp",
    "StampRow",
    "Story",
    "StruckText",
    "check_glyphs",
    "clean_text",
    "cut_fonts",
    "draw_code",
    "draw_qr",
    "fit_text",
    "fonts_are_cut",
    "form_table",
    "gap",
    "list_table",
    "missing_glyphs",
    "register_fonts",
    "room_for",
    "section",
    "stamp_row",
    "text_width",
    "wrap_cell",
    "wrap_text",
]
