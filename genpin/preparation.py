"""What has to be done before the processes start, and takes no time when nothing changed."""

import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from documents.paper import cut_fonts, fonts_are_cut
from genpin import vega_bundle, words
from genpin.embedded.home import CannotStart

# Any number; it only has to be the same in every process that migrates.
MIGRATION_LOCK = 20261120


def prepare_database() -> None:
    """Check what kind of database this is, then migrate; a second machine that starts at the same time waits."""
    try:
        with connection.cursor() as cursor:
            refuse_blind_locale()
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            if not is_migrated():
                call_command("migrate", interactive=False, verbosity=0)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    finally:
        leave_database()


def is_migrated() -> bool:
    """Whether `migrate` would do nothing: no migration is missing, and the one before came to its end, where Django
    writes the permissions. Asking takes two statements; `migrate` looks at every model first."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    wanted = sum(len(model._meta.default_permissions) + len(model._meta.permissions) for model in apps.get_models())
    return Permission.objects.count() >= wanted


def leave_database() -> None:
    """Close the connections and the pool with its threads: the supervisor forks, and holds no connection for hours."""
    connections.close_all()
    if "default" in connection._connection_pools:  # type: ignore[attr-defined]
        connection.close_pool()  # type: ignore[attr-defined]


def refuse_blind_locale() -> None:
    """With lc_ctype C, pg_trgm sees no letters in Japanese text and searches silently find nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'あ' ~ '[[:alpha:]]', current_setting('server_version_num')::int")
        sees_letters, version = cursor.fetchone()
    if version < 150000:
        raise CannotStart("Genpin needs PostgreSQL 15 or newer.")
    if not sees_letters:
        raise CannotStart(
            "This database does not know Japanese letters (lc_ctype C). Create it with "
            "CREATE DATABASE … ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0."
        )


def prepare_words() -> None:
    """Compile the message catalogues that changed."""
    for folder in settings.LOCALE_PATHS:
        words.compile_catalogues(Path(folder))


def prepare_fonts() -> None:
    """Cut the papers' typeface once an environment: half a minute that no request may pay for."""
    if not fonts_are_cut():
        print("genpin  | cutting the papers' typeface, once (about half a minute)", flush=True)
        cut_fonts()


def prepare_static() -> None:
    """Make the chart bundle once, and collect the static files when one of them changed."""
    bundle = settings.STATIC_GENERATED / "genpin" / vega_bundle.NAME
    if not bundle.exists():
        vega_bundle.write_bundle(bundle)
    now = fingerprint()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now, encoding="ascii")


def fingerprint() -> str:
    """Changes when a static file is added, removed or written."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
