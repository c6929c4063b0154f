"""Static files under names that hold their hash, also where one script imports another."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """`import … from "./kept.js"` becomes the hashed name too: a device never mixes two versions of the scan page.

    Only in our own scripts: htmx's extensions import names that no file has."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "genpin/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )
