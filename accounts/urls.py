"""Addresses of the pages about people, devices and who works where. Fixed words come before `stations/<code>/`."""

from django.urls import path

from accounts.views import benches, devices, people, presence

urlpatterns = [
    path("bench/", benches.bench, name="bench"),
    path("bench/badge/", benches.bench_badge, name="bench_badge"),
    path("bench/sign-in/", benches.bench_sign_in, name="bench_sign_in"),
    path("bench/lock/", benches.bench_lock, name="bench_lock"),
    path("bench/alive/", benches.bench_alive, name="bench_alive"),
    path("bench/leave/", benches.bench_leave, name="bench_leave"),
    path("stations/people/", presence.presence, name="presence"),
    path("devices/", devices.devices, name="devices"),
    path("devices/<int:device_id>/revocation/", devices.device_revocation, name="device_revocation"),
    path("devices/idle-lock/", devices.idle_lock, name="idle_lock"),
    path("people/", people.people, name="people"),
    path("people/<str:username>/", people.person, name="person"),
]
