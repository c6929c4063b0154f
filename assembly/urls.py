"""Addresses of the pages about builds, stations, tests, burn-in. Fixed words come before `stations/<code>/`."""

from assembly.views import burn_in, tests

urlpatterns = [
    *tests.URLS,
    *burn_in.URLS,
]
