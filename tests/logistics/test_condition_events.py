"""What loggers told as an EPCIS 2.0 document, valid by GS1's own schema with its formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from jsonschema import Draft7Validator

from assembly.models import Nonconformity
from tests.cast import person
from tests.logistics.road_world import FITTED, LEFT, content, on_the_way, read, rows, shipment_of
from tests.logistics.test_report_road_readings import at, tell
from tests.logistics.world import HOUR

pytestmark = pytest.mark.django_db
SCHEMA = Path(settings.BASE_DIR).parent / "shared" / "standards" / "epcis" / "EPCIS-JSON-Schema.json"


def test_figures_of_the_way_and_excursions_are_sensor_elements_of_the_crate() -> None:
    logger = on_the_way()
    read(logger, content(rows(FITTED, LEFT, odd={3: ("0", "0", "12.5", "1.5", "21.5", "48")})))
    tell(at(10, shock=0.2, temperature=30))
    client = Client()
    client.force_login(person("sora"))

    told: Any = client.get(reverse("api_shipment_conditions", args=[shipment_of(logger).pk])).json()

    (event,) = told["epcisBody"]["eventList"]
    assert event["epcList"] == [f"https://id.gs1.org/00/{logger.crate.sscc}"]
    assert [one["genpin:source"] for one in event["genpin:sources"]] == ["file", "api"]
    whole, alarm = event["sensorElementList"]
    heat = next(one for one in whole["sensorReport"] if one["type"] == "Temperature")
    assert (heat["minValue"], heat["maxValue"], heat["uom"], heat["genpin:readings"]) == (21.5, 30.0, "CEL", 14)
    assert whole["sensorMetadata"]["deviceID"] == "urn:genpin:logger:LG-1"
    (shock,) = alarm["sensorReport"]
    assert (shock["exception"], shock["maxValue"], shock["uom"]) == ("ALARM_CONDITION", 12.5, "K40")
    assert shock["genpin:nonconformity"] == Nonconformity.objects.get().number
    assert alarm["sensorMetadata"]["startTime"] == (FITTED + HOUR / 2 + 9 * HOUR).strftime(
        "%Y-%m-%dT%H:%M:%S.000+09:00"
    )
    if SCHEMA.exists():
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        checker = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
        assert [one.message for one in checker.iter_errors(told)] == []
