"""Addresses of the pages about builds, stations, tests, burn-in. Fixed words come before `stations/<code>/`."""

from django.urls import path

from assembly.views import (
    andon,
    builds,
    burn_in,
    deviations,
    instructions,
    lists,
    nonconformities,
    rack_configuration,
    rack_tabs,
    station_acts,
    station_floor,
    station_list,
    stations,
    tests,
)

urlpatterns = [
    *tests.URLS,
    *burn_in.URLS,
    *andon.URLS,
    *station_floor.URLS,
    *instructions.URLS,
    path("racks/", lists.racks, name="racks"),
    path("builds/", lists.trays, name="builds"),
    path("builds/new/", builds.build_start, name="build_start"),
    path("racks/<str:number>/", rack_configuration.configuration, name="rack"),
    path("racks/<str:number>/operations/", rack_tabs.operations, name="rack_operations"),
    path("racks/<str:number>/operations/<int:operation>/start/", builds.run_start, name="run_start"),
    path("racks/<str:number>/operations/<int:operation>/abort/", builds.run_abort, name="run_abort"),
    path("racks/<str:number>/tests/", rack_tabs.tests, name="rack_tests"),
    path("racks/<str:number>/history/", rack_tabs.history, name="rack_history"),
    path("racks/<str:number>/documents/", rack_tabs.documents, name="rack_documents"),
    path("racks/<str:number>/slots/<str:position>/removal/", builds.unit_removal, name="unit_removal"),
    path("racks/<str:number>/deviations/new/", deviations.deviation_new, name="deviation_new"),
    path("deviations/", deviations.deviations, name="deviations"),
    path("nonconformities/", nonconformities.nonconformities, name="nonconformities"),
    path("nonconformities/new/", nonconformities.nonconformity_new, name="nonconformity_new"),
    path("nonconformities/<str:number>/", nonconformities.nonconformity, name="nonconformity"),
    path("stations/", station_list.station_home, name="station_home"),
    path("stations/<str:code>/", stations.station_page, name="station"),
    path("stations/<str:code>/finish/", station_acts.finish, name="station_finish"),
    path("stations/<str:code>/sign/", station_acts.sign, name="station_sign"),
]
