"""Addresses of logistics."""

from django.urls import path

from logistics.views import (
    audit,
    calendars,
    calibration,
    carriers,
    compare,
    custody,
    disruptions,
    recalls,
    replanning,
    shipments,
    timetables,
    tower,
)

urlpatterns = [
    path("control-tower/", tower.page, name="control_tower"),
    path("lead-times/", compare.page, name="lead_times"),
    path("lead-times/record/", calibration.page, name="forecast_record"),
    path("shipments/", shipments.shipments, name="shipments"),
    path("shipments/new/", shipments.plan, name="shipment_plan"),
    path("carrier-files/", carriers.carrier_files, name="carrier_files"),
    path("carrier-files/words/", carriers.carrier_words, name="carrier_words"),
    path("shipments/hand-over/", custody.hand_over_scan, name="hand_over_scan"),
    path("shipments/<str:number>/", shipments.shipment, name="shipment"),
    path("shipments/<str:number>/replan/", replanning.replan, name="shipment_replan"),
    path("shipments/<str:number>/reroute/", replanning.reroute, name="shipment_reroute"),
    path("shipments/<str:number>/<slug:act>/", shipments.act, name="shipment_act"),
    *calendars.URLS,
    *timetables.URLS,
    path("disruptions/", disruptions.disruptions, name="disruptions"),
    path("disruptions/new/", disruptions.new, name="disruption_new"),
    path("disruptions/<str:number>/", disruptions.disruption, name="disruption"),
    path("disruptions/<str:number>/<slug:act>/", disruptions.act, name="disruption_act"),
    path("recall/", recalls.recall, name="recall"),
    path("recall/ask/", recalls.recall_ask, name="recall_ask"),
    path("recall/<str:number>/", recalls.recall_page, name="recall_page"),
    path("audit/", audit.audit, name="audit"),
    path("audit/random/", audit.random_rack, name="audit_random"),
    path("audit/units/<str:tag>/", audit.audit_unit, name="audit_unit"),
    path("audit/units/<str:tag>/record.jsonl", audit.audit_unit_json, name="audit_unit_json"),
]
