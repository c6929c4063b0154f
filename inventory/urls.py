"""Addresses of the pages about parts, units, notices, holds."""

from django.urls import path

from inventory.views import (
    boms,
    discrepancies,
    holds,
    inspection_work,
    inspections,
    parts,
    receiving,
    returns,
    sampling_plans,
    scan_conflicts,
    scanner,
    ship_notices,
    stock,
    units,
)

urlpatterns = [
    *parts.URLS,
    *boms.URLS,
    *inspections.URLS,
    *inspection_work.URLS,
    *sampling_plans.URLS,
    path("units/", units.units, name="units"),
    path("units/<str:tag>/", units.unit, name="unit"),
    path("stock/", stock.stock, name="stock"),
    path("lots/<str:tag>/", stock.lot, name="lot"),
    path("ship-notices/", ship_notices.ship_notices, name="ship_notices"),
    path("ship-notices/<int:notice_id>/", ship_notices.ship_notice, name="ship_notice"),
    path("ship-notices/<int:notice_id>/receipt/", ship_notices.receive_all, name="receive_notice"),
    path("ship-notices/<int:notice_id>/lot-receipt/", ship_notices.receive_some, name="receive_lot"),
    path("ship-notices/<int:notice_id>/discrepancies/new/", discrepancies.discrepancy_new, name="discrepancy_new"),
    path("discrepancies/", discrepancies.discrepancies, name="discrepancies"),
    path("discrepancies/<str:number>/", discrepancies.discrepancy, name="discrepancy"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<str:number>/", holds.hold, name="hold"),
    path("returns/", returns.returns, name="returns"),
    path("returns/<str:number>/", returns.supplier_return, name="supplier_return"),
    path("receiving/", receiving.receiving_home, name="receiving_home"),
    path("receiving/<str:code>/", receiving.receiving, name="receiving"),
    path("scan-conflicts/", scan_conflicts.scan_conflicts, name="scan_conflicts"),
    path("scan-conflicts/at/<str:code>/", scan_conflicts.station_conflicts, name="station_conflicts"),
    path("scan-conflicts/<int:conflict_id>/", scan_conflicts.scan_conflict, name="scan_conflict"),
    path("scanner/", scanner.scanner_setup, name="scanner_setup"),
]
