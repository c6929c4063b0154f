"""/metrics: figures for Prometheus, closed without the token."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_metrics_are_closed_without_a_token(client: Client, settings: object) -> None:
    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "t-1"  # type: ignore[attr-defined]
    assert client.get("/metrics", headers={"Authorization": "Bearer t-2"}).status_code == 403


@pytest.mark.django_db
def test_metrics_tell_what_waits(client: Client, settings: object) -> None:
    settings.METRICS_TOKEN = "t-1"  # type: ignore[attr-defined]
    answer = client.get("/metrics", headers={"Authorization": "Bearer t-1"})
    assert answer.status_code == 200
    assert "genpin_deliveries_undone 0" in answer.content.decode()
    assert "genpin_builds_open 0" in answer.content.decode()
