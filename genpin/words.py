"""Message catalogues: which strings the code has, which are translated. One catalogue an app, in `locale/<app>`.

Python is read by its syntax tree, templates by Django's own `templatize`; the files are written by Babel. No gettext
programs are needed. Doors: `manage.py words`, `up`, a test.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

APPS = ("ledger", "accounts", "documents", "inventory", "assembly", "logistics", "genpin")
LANGUAGE = "ja"

# Function → positions of (context, singular, plural) among its arguments.
_CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_TEMPLATE_CALL = re.compile(r"(?<![\w.])(?:_|n?p?gettext)\(")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@dataclass(frozen=True)
class Word:
    """A string to translate; `place` is the file it was first seen in."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        """As Babel names it."""
        return (self.text, self.plural) if self.plural else self.text


def words_of(checkout: Path, app: str) -> dict[Word, str]:
    """Every string of the app's Python files and templates, with the file that has it first."""
    found: dict[Word, str] = {}
    for path in sorted((checkout / app).rglob("*.py")):
        if "migrations" not in path.parts:
            _note(found, python_words(path.read_text(encoding="utf-8")), path.relative_to(checkout))
    for path in sorted(_templates(checkout, app)):
        _note(found, template_words(path.read_text(encoding="utf-8")), path.relative_to(checkout))
    return found


def python_words(source: str) -> Iterator[Word]:
    """The strings of a Python file; a call whose argument is no literal is none of ours."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            word = _word_of_call(node)
            if word is not None:
                yield word


def template_words(source: str) -> Iterator[Word]:
    """The strings of a template: `templatize` rewrites them as gettext calls among blanked text."""
    text = templatize(source)
    for match in _TEMPLATE_CALL.finditer(text):
        call = _call_at(text, match.start())
        word = _word_of_call(call) if call else None
        if word is not None:
            yield word


def update_catalogue(checkout: Path, app: str) -> int:
    """Write the app's catalogue: new strings empty, unused ones gone, translations kept. Gives their number."""
    words = words_of(checkout, app)
    path = catalogue_path(checkout, app)
    if not words and not path.exists():
        return 0
    old = _read(path)
    # The first day stays: a catalogue without a new word is the same file, and two branches meet without a quarrel.
    new = Catalog(locale=LANGUAGE, fuzzy=False, creation_date=old.creation_date)
    new.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", "nplurals=1; plural=0;")]
    for word, place in words.items():
        kept = old.get(word.key, word.context or None)
        string = kept.string if kept else ""
        new.add(word.key, string, locations=[(place, 0)], context=word.context or None)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file:
        write_po(file, new, omit_header=False, include_lineno=False, sort_output=True, width=100)
    fresh.replace(path)
    return len(words)


def faults(checkout: Path, app: str) -> list[str]:
    """What is wrong with the app's catalogue: a string without Japanese, an unused one, another set of placeholders."""
    words = words_of(checkout, app)
    catalogue = _read(catalogue_path(checkout, app))
    found = []
    for word, place in words.items():
        message = catalogue.get(word.key, word.context or None)
        if message is None or not _is_translated(message):
            found.append(f"{place}: no Japanese for {word.text!r}")
        elif not _same_placeholders(message):
            found.append(f"{place}: other placeholders in the Japanese of {word.text!r}")
    known = {(word.key, word.context) for word in words}
    for message in catalogue:
        if message.id and (_key(message), message.context or "") not in known:
            found.append(f"locale/{app}: no longer used: {message.id!r}")
    return found


def compile_catalogues(folder: Path) -> None:
    """Write the .mo beside each .po that is newer than it; complete or not at all, for other processes read them."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        fresh = target.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, _read(source))
        fresh.replace(target)


def catalogue_path(checkout: Path, app: str) -> Path:
    """Where the app's Japanese is."""
    return checkout / "locale" / app / LANGUAGE / "LC_MESSAGES" / "django.po"


def _templates(checkout: Path, app: str) -> Iterator[Path]:
    """Templates of `templates/<app>` and `<app>/templates`; everything else under `templates` is genpin's."""
    yield from (checkout / app / "templates").rglob("*.*")
    for path in (checkout / "templates").rglob("*.*"):
        first = path.relative_to(checkout / "templates").parts[0]
        if path.is_file() and (first if first in APPS else "genpin") == app:
            yield path


def _note(found: dict[Word, str], words: Iterator[Word], path: Path) -> None:
    for word in words:
        found.setdefault(word, str(path))


def _word_of_call(call: ast.Call) -> Word | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in _CALLS:
        return None
    context, singular, plural = (_literal(call, position) for position in _CALLS[name])
    return Word(singular, plural or "", context or "") if singular else None


def _literal(call: ast.Call, position: int | None) -> str | None:
    if position is None or position >= len(call.args):
        return None
    argument = call.args[position]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _call_at(text: str, start: int) -> ast.Call | None:
    """The call that begins there: the shortest text up to a closing bracket that is an expression."""
    for end in (match.end() for match in re.finditer(r"\)", text[start:])):
        try:
            tree = ast.parse(text[start : start + end], mode="eval").body
        except SyntaxError:
            continue
        return tree if isinstance(tree, ast.Call) else None
    return None


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, charset="utf-8")


def _key(message: Message) -> str | tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id


def _strings(message: Message) -> list[str]:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return [string or "" for string in strings]


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_strings(message))


def _same_placeholders(message: Message) -> bool:
    """Each placeholder of the last form (the plural one) is in the Japanese, and no other."""
    source = message.id[-1] if isinstance(message.id, (list, tuple)) else message.id
    wanted = set(_PLACEHOLDER.findall(source))
    return all(set(_PLACEHOLDER.findall(string)) == wanted for string in _strings(message))
