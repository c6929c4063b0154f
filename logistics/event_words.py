"""What the events of crates, shipments and the site are called, and what their values in code are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ledger.event_words import EventWords

EVENTS = {
    "logistics.crate-built": EventWords("info", _("Crate built")),
    "logistics.rack-packed": EventWords("done", _("Packed into a crate")),
    "logistics.shipment-planned": EventWords("info", _("Shipment planned"), _("Shipment %(number)s planned")),
    "logistics.crates-assigned": EventWords("info", _("Crates put on the shipment")),
    "logistics.crates-withdrawn": EventWords("info", _("Crates taken off the shipment")),
    "logistics.load-planned": EventWords("info", _("Load planned"), _("Load of %(number)s planned on %(vehicle)s")),
    "logistics.vehicle-defined": EventWords("info", _("Vehicle registered")),
    "logistics.vehicle-retired": EventWords("info", _("Vehicle no longer used")),
    "logistics.shipment-departed": EventWords("run", _("Left the plant")),
    "logistics.milestone-reported": EventWords("info", _("Reported on the way")),
    "logistics.eta-given": EventWords("info", _("ETA given"), _("ETA of shipment %(number)s given")),
    "logistics.carrier-file-imported": EventWords("info", _("Carrier's file read in")),
    "logistics.carrier-words-defined": EventWords("info", _("Words of the carrier given their meaning")),
    "logistics.carrier-word-retired": EventWords("info", _("Word of the carrier no longer read")),
    "logistics.waybill-noted": EventWords("info", _("Waybill noted"), _("Waybill %(waybill)s noted")),
    "logistics.milestone-reviewed": EventWords("done", _("Doubtful place settled"), "", "review_verdict"),
    "logistics.export-checked": EventWords(
        "info",
        _("Checked for trade control"),
        _("%(number)s checked for trade control: %(gaihi)s, ECCN %(eccn)s, to %(destination)s"),
    ),
    "logistics.custody-handed-over": EventWords(
        "info", _("Handed over on the way"), _("Handed over by %(given_by)s to %(taken_by)s (%(carrier)s)")
    ),
    "logistics.logger-fitted": EventWords("info", _("Logger fitted"), _("Logger %(serial)s fitted to crate %(sscc)s")),
    "logistics.logger-file-imported": EventWords(
        "info", _("Logger's file read in"), _("File of logger %(serial)s read in, crate %(sscc)s")
    ),
    "logistics.road-readings-reported": EventWords(
        "info", _("Readings of the road told"), _("%(readings)s readings of logger %(serial)s told, crate %(sscc)s")
    ),
    "logistics.logger-removed": EventWords(
        "late", _("Logger taken off"), _("Logger %(serial)s taken off crate %(sscc)s: %(reason)s")
    ),
    "logistics.logger-given-up": EventWords(
        "late", _("Data of a logger lost"), _("The data of logger %(serial)s are lost: %(reason)s")
    ),
    "logistics.condition-limits-released": EventWords(
        "done", _("Limits of the road released"), _("Limits of the road, revision %(revision)s: %(reason)s")
    ),
    "logistics.shipment-arrived": EventWords("done", _("Arrived at the site")),
    "logistics.shipment-arrived-in-part": EventWords(
        "late", _("Arrived in part"), _("Shipment %(number)s arrived at the site in part")
    ),
    "logistics.late-crates-arrived": EventWords(
        "done", _("Late crate arrived"), _("Crates of %(number)s that were missing arrived at the site")
    ),
    "logistics.crates-received": EventWords(
        "done", _("Crates received"), _("Receiving of crates of %(number)s is finished")
    ),
    "logistics.shipment-received": EventWords("done", _("Received at the site")),
    "logistics.rack-accepted": EventWords("done", _("Word of the site"), "", "outcome"),
    "logistics.return-opened": EventWords(
        "late", _("Return opened"), _("Return %(number)s opened at %(site)s (%(rma)s): %(reason)s")
    ),
    "logistics.return-cancelled": EventWords("void", _("Return given up")),
    "logistics.return-received": EventWords(
        "hold", _("Back in the plant"), _("Back in the plant with return %(number)s: a new life begins")
    ),
    "logistics.raw-telemetry-removed": EventWords("info", _("Raw telemetry removed by policy")),
    "logistics.forecast-made": EventWords("info", _("Arrival forecast")),
    "logistics.forecasts-recalibrated": EventWords("info", _("Forecasts recalibrated")),
    "logistics.disruption-reported": EventWords(
        "late", _("Disruption reported"), _("Disruption %(number)s reported: %(headline)s")
    ),
    "logistics.disruption-revised": EventWords("late", _("Expected end of the disruption changed")),
    "logistics.disruption-ended": EventWords("done", _("Disruption over"), _("Disruption %(number)s over")),
    "logistics.exception-taken": EventWords("info", _("Exception in hand"), _("Exception %(number)s in hand")),
    "logistics.exception-closed": EventWords(
        "done", _("Exception closed"), _("Exception %(number)s closed: %(reason)s")
    ),
    "logistics.exception-ended": EventWords(
        "done", _("Exception over by itself"), _("Exception %(number)s over by itself")
    ),
    "logistics.shipment-replanned": EventWords(
        "info", _("Shipment planned anew"), _("Shipment %(number)s planned anew: %(reason)s")
    ),
    "logistics.shipment-rerouted": EventWords(
        "info", _("Shipment sent another way"), _("Shipment %(number)s sent another way: %(reason)s")
    ),
    "logistics.calendar-drafted": EventWords("info", _("Calendar drafted"), _("Calendar %(calendar)s drafted")),
    "logistics.calendar-changed": EventWords("info", _("Calendar's draft changed")),
    "logistics.calendar-released": EventWords("done", _("Calendar released"), _("Calendar %(calendar)s released")),
    "logistics.timetable-drafted": EventWords("info", _("Timetable drafted"), _("Timetable %(timetable)s drafted")),
    "logistics.timetable-changed": EventWords("info", _("Timetable's draft changed")),
    "logistics.timetable-released": EventWords("done", _("Timetable released"), _("Timetable %(timetable)s released")),
    "logistics.scenario-saved": EventWords("info", _("Scenario saved"), _("Scenario %(name)s saved")),
    "logistics.scenario-revised": EventWords("info", _("Scenario revised"), _("Scenario %(name)s revised")),
    "logistics.scenario-retired": EventWords("info", _("Scenario retired"), _("Scenario %(name)s retired")),
    "logistics.comparison-saved": EventWords("done", _("Comparison saved"), _("Comparison %(number)s saved")),
    "logistics.work-limited": EventWords("info", _("Limit of work released")),
    "logistics.place-mapped": EventWords("info", _("Place put on the map"), _("%(place)s put on the map")),
    "logistics.weekly-report-made": EventWords("done", _("Weekly report made"), _("Weekly report %(number)s made")),
    "logistics.carrier-defined": EventWords("info", _("Carrier registered")),
    "logistics.lane-defined": EventWords("info", _("Lane registered")),
    "logistics.position-defined": EventWords("info", _("Hall position registered")),
    "logistics.site-defined": EventWords("info", _("Site registered")),
}

VALUES = {
    "outcome": {
        "accepted": ("done", _("accepted")),
        "accepted_with_remarks": ("late", _("accepted with remarks")),
        "refused": ("stop", _("refused")),
    },
    "milestone": {
        "leg_departed": ("run", _("leg begun")),
        "leg_arrived": ("done", _("leg ended")),
        "delayed": ("late", _("delay")),
    },
    "stage": {
        "kit": ("run", _("kitting")),
        "tray_build": ("run", _("tray build")),
        "tray_test": ("run", _("tray test")),
        "rack_build": ("run", _("rack build")),
        "rack_test": ("run", _("rack test")),
        "burn_in": ("run", _("burn-in")),
        "pack": ("run", _("packing")),
    },
}
