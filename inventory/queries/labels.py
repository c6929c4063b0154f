"""The facts of labels (現品票): of units and lots, one or many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Sum

from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words
from inventory.documents.unit_label import LabelSet, UnitLabelSheet
from inventory.models import GoodsReceipt, Hold, Lot, Stock, Unit
from ledger.models import Event

PLANT = Plant(PLANT_NAME, Words("資材課", "Materials"))
PIECES = "個"
UNITS = {"pcs": PIECES}
