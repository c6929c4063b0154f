"""The charts' script for the browser: Vega, Vega-Lite and the embedder in one file, made from the installed wheel."""

from pathlib import Path

import vl_convert

NAME = "vega.js"
"""File name under static/genpin/; generated at start and at collectstatic, never committed."""


def bundle() -> str:
    """About 0.9 MB of script that sets `window.vegaEmbed`. No network: the sources are inside the wheel."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;"))


def write_bundle(target: Path) -> None:
    """Write the bundle to `target` whole or not at all; a file with the same text is left alone."""
    text = bundle()
    if target.exists() and target.read_text(encoding="utf-8") == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(target)
