"""A rack drawn as a rack: from what sits where to the geometry of the drawing. Pure; a template writes it as SVG.

RU, slot and tray numbers are data given in (the rack model's), never computed here. Units of the drawing are those of
its view box. Two views of the front: `elevation` (every row alike, whole serials) and `lens` (rows around the current
slot drawn taller, for a tablet seen from two metres); `rear` shows cartridges, bus bars and manifolds; `tray_top` a
tray from above with its positions.
"""

from assembly.elevation.front import Brace, Drawing, DrawnRow, RackFace, Row, elevation, legend, lens
from assembly.elevation.rear import BackDrawing, BackPart, RackBack, rear
from assembly.elevation.tray import Position, TrayDrawing, TrayTop, tray_top

__all__ = [
    "BackDrawing",
    "BackPart",
    "Brace",
    "Drawing",
    "DrawnRow",
    "Position",
    "RackBack",
    "RackFace",
    "Row",
    "TrayDrawing",
    "TrayTop",
    "elevation",
    "legend",
    "lens",
    "rear",
    "tray_top",
]
