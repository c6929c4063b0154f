from ledger.models.deliveries import Delivery, RelayBeat
from ledger.models.events import Event, LedgerQueue
from ledger.models.receipts import Receipt
from ledger.models.scans import ScanLog

__all__ = ["Delivery", "Event", "LedgerQueue", "Receipt", "RelayBeat", "ScanLog"]
