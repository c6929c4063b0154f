from assembly.models.builds import Build, Slot
from assembly.models.burn_in import (
    Alarm,
    BurnInCell,
    BurnInRun,
    Feed,
    Loop,
    Reservation,
    SeriesSummary,
    SoakInterval,
    TelemetrySample,
    TelemetrySeries,
)
from assembly.models.designs import Design, DesignSlot, RackModel
from assembly.models.quality import Deviation, Nonconformity, Rework, ReworkOperation
from assembly.models.routings import OperationField, ReentryRule, Routing, RoutingOperation
from assembly.models.runs import Measurement, OperationRun, Signature
from assembly.models.tests import Observation, TestResult, TestRun
from assembly.models.tools import CalibrationRecord, Tool

__all__ = [
    "Alarm",
    "Build",
    "BurnInCell",
    "BurnInRun",
    "CalibrationRecord",
    "Design",
    "DesignSlot",
    "Deviation",
    "Feed",
    "Loop",
    "Measurement",
    "Nonconformity",
    "Observation",
    "OperationField",
    "OperationRun",
    "RackModel",
    "ReentryRule",
    "Reservation",
    "Rework",
    "ReworkOperation",
    "Routing",
    "RoutingOperation",
    "SeriesSummary",
    "Signature",
    "Slot",
    "SoakInterval",
    "TelemetrySample",
    "TelemetrySeries",
    "TestResult",
    "TestRun",
    "Tool",
]
