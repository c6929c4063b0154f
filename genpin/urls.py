"""All addresses: each app's own under its name, the API under /api/."""

from django.urls import path

from genpin import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
