"""The door for the web server (granian, WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

import genpin.celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genpin.settings")

celery = genpin.celery.app  # so that a shared_task sent from a page finds our broker
application = get_wsgi_application()
