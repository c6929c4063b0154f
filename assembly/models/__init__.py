from assembly.models.amendments import Amendment
from assembly.models.andon import AndonCall
from assembly.models.builds import Build, Slot
from assembly.models.burn_in import (
    Alarm,
    BurnInCell,
    BurnInRun,
    CellOutage,
    Feed,
    Loop,
    Reservation,
    SeriesSummary,
    SoakInterval,
    TelemetrySample,
    TelemetrySeries,
)
from assembly.models.column_maps import ColumnMap, MapColumn
from assembly.models.configuration import ConfigurationDifference
from assembly.models.designs import Design, DesignSlot, RackModel
from assembly.models.dispositions import DispositionRule, DispositionRules
from assembly.models.firmware import FirmwareBaseline, FirmwareNeed
from assembly.models.instructions import Instruction, InstructionPicture
from assembly.models.judged_attempts import JudgedAttempt, StaleAttempt
from assembly.models.kits import Kit, KitLine, KitPick
from assembly.models.limits import LimitSet, TestLimit
from assembly.models.orders import BuildOrder
from assembly.models.quality import Cause, Concession, Deviation, Nonconformity, Rework, ReworkOperation
from assembly.models.reference_units import ReferenceMark
from assembly.models.routings import OperationField, ReentryRule, Routing, RoutingOperation
from assembly.models.runs import Measurement, OperationRun, Signature
from assembly.models.telemetry import RawFile, RawRetention, RunTelemetry, TelemetryFile
from assembly.models.tests import Observation, TestResult, TestRun
from assembly.models.tools import CalibrationRecord, Tool
from assembly.models.work_centres import WorkCentre

__all__ = [
    "Alarm",
    "Amendment",
    "AndonCall",
    "Build",
    "BuildOrder",
    "BurnInCell",
    "BurnInRun",
    "CalibrationRecord",
    "Cause",
    "CellOutage",
    "ColumnMap",
    "Concession",
    "ConfigurationDifference",
    "Design",
    "DesignSlot",
    "Deviation",
    "DispositionRule",
    "DispositionRules",
    "Feed",
    "FirmwareBaseline",
    "FirmwareNeed",
    "Instruction",
    "InstructionPicture",
    "JudgedAttempt",
    "Kit",
    "KitLine",
    "KitPick",
    "LimitSet",
    "Loop",
    "MapColumn",
    "Measurement",
    "Nonconformity",
    "Observation",
    "OperationField",
    "OperationRun",
    "RackModel",
    "RawFile",
    "RawRetention",
    "ReentryRule",
    "ReferenceMark",
    "Reservation",
    "Rework",
    "ReworkOperation",
    "Routing",
    "RoutingOperation",
    "RunTelemetry",
    "SeriesSummary",
    "Signature",
    "Slot",
    "SoakInterval",
    "StaleAttempt",
    "TelemetryFile",
    "TelemetrySample",
    "TelemetrySeries",
    "TestLimit",
    "TestResult",
    "TestRun",
    "Tool",
    "WorkCentre",
]
