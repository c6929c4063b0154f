"""Charts as Vega-Lite definitions, the same for page and paper. Pure: figures, words and colours come in.

Rules of the look (UI 8): one axis for all series, direct labels with a halo, 12 px text, a fixed order of colour and
dash, waiting is the pale of the same hue. The heading that asks the question, the footer with n and the table that
follows belong to the page. A definition holds its data; it fetches nothing.
"""

from .arrivals import ArrivalWords, Fan, cumulative_arrivals
from .changes import Swing, tornado
from .look import LIGHT, SCREEN, Palette
from .promise import CostLine, cost_curves
from .season import Cell, Year, storm_months, storm_strip
from .sources import Curve, Sides, arrival_curves, gap_density
from .spread import Spread, variance_bars
from .waterfall import Road, stage_waterfall

__all__ = [
    "LIGHT", "SCREEN", "ArrivalWords", "Cell", "CostLine", "Curve", "Fan", "Palette", "Road", "Sides", "Spread",
    "Swing", "Year", "arrival_curves", "cost_curves", "cumulative_arrivals", "gap_density", "stage_waterfall",
    "storm_months", "storm_strip", "tornado", "variance_bars",
]  # fmt: skip
