"""The door for the web server (granian, WSGI)."""

import os
import signal

from django.core.wsgi import get_wsgi_application

import genpin.celery
from genpin.embedded.children import end_with_parent
from genpin.turns import Turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genpin.settings")

if os.environ.get("GENPIN_PROCESS") == "web":
    # A web worker must not outlive a killed granian: it would keep the port, and serve old code.
    end_with_parent(signal.SIGTERM, parent=os.getppid())()

celery = genpin.celery.app  # so that a shared_task sent from a page finds our broker


application = Turns(get_wsgi_application(), 4)
