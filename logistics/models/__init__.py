from logistics.models.crates import Crate, Indicator, IndicatorReading
from logistics.models.forecasts import Forecast
from logistics.models.lanes import Carrier, Lane, Leg
from logistics.models.shipments import (
    Acceptance,
    Arrival,
    Departure,
    Milestone,
    Shipment,
    ShipmentCrate,
)
from logistics.models.sites import Position, Site

__all__ = [
    "Acceptance",
    "Arrival",
    "Carrier",
    "Crate",
    "Departure",
    "Forecast",
    "Indicator",
    "IndicatorReading",
    "Lane",
    "Leg",
    "Milestone",
    "Position",
    "Shipment",
    "ShipmentCrate",
    "Site",
]
