"""Addresses of papers."""

from django.urls import path

from documents import views

urlpatterns = [
    path("documents/prints/", views.print_jobs, name="print_jobs"),
    path("documents/prints/new/", views.print_many, name="print_many"),
    path("documents/prints/<int:job_id>/", views.print_job, name="print_job"),
    path("documents/prints/<int:job_id>/file.pdf", views.print_file, name="print_file"),
    path("documents/issued/<str:code>.pdf", views.issued_file, name="issued_file"),
    path("documents/<str:kind>/<str:key>.pdf", views.copy, name="document_copy"),
    path("documents/<str:kind>/<str:key>/issue/", views.issue, name="document_issue"),
    path("photos/<int:photo_id>.jpg", views.photo, name="photo"),
    path("photos/<int:photo_id>/small.jpg", views.photo_small, name="photo_small"),
    path("verify/<str:code>", views.verify, name="verify"),
]
