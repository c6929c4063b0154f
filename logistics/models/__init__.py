from logistics.models.calendars import (
    BlankSailing,
    Calendar,
    CalendarClosure,
    CalendarOpening,
    CalendarWindow,
    PlanBasis,
    Sailing,
    Timetable,
)
from logistics.models.carrier_files import CarrierFile, CarrierLineNote, CarrierWord, MilestoneReview, Waybill
from logistics.models.comparisons import OwnScenario, SavedComparison, ScenarioInput, ScenarioRevision
from logistics.models.conditions import (
    ConditionLimit,
    ConditionLimits,
    ConditionSummary,
    CrateLogger,
    Excursion,
    LoggerFile,
    LoggerReading,
    RoadReading,
)
from logistics.models.crates import Crate, Indicator, IndicatorReading
from logistics.models.custody import Handover, HandoverCrate, HandoverSeal
from logistics.models.disruptions import DisruptedLeg, Disruption, DisruptionExpectation, Replan
from logistics.models.etas import Eta
from logistics.models.exceptions import ShipmentException
from logistics.models.exports import ExportCheck
from logistics.models.forecasts import Forecast, Recalibration
from logistics.models.lanes import Carrier, Lane, Leg
from logistics.models.part_arrivals import CrateArrival, MissingCrate
from logistics.models.places import MapPlace
from logistics.models.returns import SiteReturn
from logistics.models.shipments import (
    LATE_AFTER,
    Acceptance,
    Arrival,
    Departure,
    Milestone,
    Shipment,
    ShipmentCrate,
)
from logistics.models.sites import Position, Site
from logistics.models.vehicles import LoadPlace, LoadPlan, VehicleKind
from logistics.models.weekly import WeeklyDelivery, WeeklyReport
from logistics.models.work_limits import WorkLimit

__all__ = [
    "LATE_AFTER",
    "Acceptance",
    "Arrival",
    "BlankSailing",
    "Calendar",
    "CalendarClosure",
    "CalendarOpening",
    "CalendarWindow",
    "Carrier",
    "CarrierFile",
    "CarrierLineNote",
    "CarrierWord",
    "ConditionLimit",
    "ConditionLimits",
    "ConditionSummary",
    "Crate",
    "CrateArrival",
    "CrateLogger",
    "Departure",
    "DisruptedLeg",
    "Disruption",
    "DisruptionExpectation",
    "Eta",
    "Excursion",
    "ExportCheck",
    "Forecast",
    "Handover",
    "HandoverCrate",
    "HandoverSeal",
    "Indicator",
    "IndicatorReading",
    "Lane",
    "Leg",
    "LoadPlace",
    "LoadPlan",
    "LoggerFile",
    "LoggerReading",
    "MapPlace",
    "Milestone",
    "MilestoneReview",
    "MissingCrate",
    "OwnScenario",
    "PlanBasis",
    "Position",
    "Recalibration",
    "Replan",
    "RoadReading",
    "Sailing",
    "SavedComparison",
    "ScenarioInput",
    "ScenarioRevision",
    "Shipment",
    "ShipmentCrate",
    "ShipmentException",
    "Site",
    "SiteReturn",
    "Timetable",
    "VehicleKind",
    "Waybill",
    "WeeklyDelivery",
    "WeeklyReport",
    "WorkLimit",
]
