from inventory.models.boms import Bom, BomLine
from inventory.models.discrepancies import Discrepancy
from inventory.models.holds import Hold
from inventory.models.inspections import InspectedPiece, Inspection, PointResult
from inventory.models.lots import Consumption, Lot, Stock, StockMove
from inventory.models.parts import Part, PartAlias, PartPosition, PartRevision, Supplier
from inventory.models.places import Location, Placement
from inventory.models.recalls import Criterion, Recall
from inventory.models.returns import SupplierReturn
from inventory.models.sampling import InspectionPoint, SamplingLine, SamplingPlan, SamplingRule
from inventory.models.scan_conflicts import ScanConflict
from inventory.models.ship_notices import AwaitedLine, GoodsReceipt, ShipNotice, ShipNoticeLine
from inventory.models.units import Identifier, Unit

__all__ = [
    "AwaitedLine",
    "Bom",
    "BomLine",
    "Consumption",
    "Criterion",
    "Discrepancy",
    "GoodsReceipt",
    "Hold",
    "Identifier",
    "InspectedPiece",
    "Inspection",
    "InspectionPoint",
    "Location",
    "Lot",
    "Part",
    "PartAlias",
    "PartPosition",
    "PartRevision",
    "Placement",
    "PointResult",
    "Recall",
    "SamplingLine",
    "SamplingPlan",
    "SamplingRule",
    "ScanConflict",
    "ShipNotice",
    "ShipNoticeLine",
    "Stock",
    "StockMove",
    "Supplier",
    "SupplierReturn",
    "Unit",
]
