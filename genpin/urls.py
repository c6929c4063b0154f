"""All addresses: pages of each app, the API under /api/, what runs the place."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from genpin import health, live_views, shell_views, views
from genpin.api import API_URLS

handler400 = "genpin.faults.bad_request"
handler404 = "genpin.faults.not_found"
handler500 = "genpin.faults.failed"

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("search/", views.search, name="search"),
    path("", include("accounts.urls")),
    path("", include("documents.urls")),
    path("", include("inventory.urls")),
    path("burn-in/live/", live_views.burn_in_live, name="burn_in_live"),
    path("", include("assembly.urls")),
    path("", include("logistics.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/", include(API_URLS)),
    path("admin/", admin.site.urls),
    path("manifest.webmanifest", shell_views.manifest, name="manifest"),
    path("sw.js", shell_views.service_worker, name="service_worker"),
    path("away/", shell_views.away, name="away"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
