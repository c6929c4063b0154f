"""The two health addresses, the language cookie, the headers."""

import pytest
from django.test import Client

from tests.plant import Plant


@pytest.mark.django_db
def test_healthz_answers_strangers_and_is_strict(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_language_comes_from_the_cookie_and_not_from_the_browser(client: Client) -> None:
    japanese = client.get("/healthz", headers={"Accept-Language": "en-US"})
    client.cookies["genpin_language"] = "en"
    english = client.get("/healthz", headers={"Accept-Language": "ja"})

    assert japanese.headers["Content-Language"] == "ja"
    assert english.headers["Content-Language"] == "en"


@pytest.mark.django_db
def test_readyz_says_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": True, "broker": True, "relay": False}


@pytest.mark.commits
@pytest.mark.slow
def test_a_running_plant_is_ready(live_plant: Plant) -> None:
    live_plant.wait_for("/readyz")
