"""Finding strings, keeping catalogues."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings

from genpin import words
from genpin.words import Word


def test_python_strings_are_found_with_context_and_plural() -> None:
    source = """
_("One" " string")
gettext_lazy("Another %(serial)s")
translation.pgettext("rack", "Tray")
ngettext("%(n)s unit", "%(n)s units", n)
_(variable)
other("not ours")
"""

    found = set(words.python_words(source))

    assert found == {
        Word("One string"),
        Word("Another %(serial)s"),
        Word("Tray", context="rack"),
        Word("%(n)s unit", plural="%(n)s units"),
    }


def test_template_strings_are_found() -> None:
    source = """{% load i18n %}
<p title="{% translate 'Tray (left)' %}">{% translate "Open" context "door" %}</p>
{% blocktranslate trimmed with serial=unit.serial %}
  Unit {{ serial }}
  is here.
{% endblocktranslate %}
{% blocktranslate count n=units|length %}{{ n }} unit{% plural %}{{ n }} units{% endblocktranslate %}
{% include "x.html" with title=_("Racks") %}
{% comment %}{% translate "gone" %}{% endcomment %}
"""

    found = set(words.template_words(source))

    assert found == {
        Word("Tray (left)"),
        Word("Open", context="door"),
        Word("Unit %(serial)s is here."),
        Word("%(n)s unit", plural="%(n)s units"),
        Word("Racks"),
    }


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one app, two strings and one template."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "doors.py").write_text('_("Held by %(name)s")\n_("Open")\n', encoding="utf-8")
    (tmp_path / "templates" / "ledger").mkdir(parents=True)
    (tmp_path / "templates" / "ledger" / "page.html").write_text("{% translate 'Closed' %}", encoding="utf-8")
    return tmp_path


def test_update_adds_new_strings_keeps_translations_and_drops_unused_ones(checkout: Path) -> None:
    path = words.catalogue_path(checkout, "ledger")
    assert words.update_catalogue(checkout, "ledger") == 3
    translated = path.read_text(encoding="utf-8").replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "開"')
    path.write_text(translated, encoding="utf-8")
    (checkout / "templates" / "ledger" / "page.html").write_text("", encoding="utf-8")

    words.update_catalogue(checkout, "ledger")

    assert 'msgstr "開"' in path.read_text(encoding="utf-8")
    assert "Closed" not in path.read_text(encoding="utf-8")
    assert words.faults(checkout, "ledger") == ["ledger/doors.py: no Japanese for 'Held by %(name)s'"]


def test_another_placeholder_is_a_fault(checkout: Path) -> None:
    path = words.catalogue_path(checkout, "ledger")
    words.update_catalogue(checkout, "ledger")
    text = path.read_text(encoding="utf-8").replace('s"\nmsgstr ""', 's"\nmsgstr "%(nama)sが保留中"')
    path.write_text(text, encoding="utf-8")

    found = words.faults(checkout, "ledger")

    assert "ledger/doors.py: other placeholders in the Japanese of 'Held by %(name)s'" in found


def test_compiled_catalogue_is_readable(checkout: Path) -> None:
    path = words.catalogue_path(checkout, "ledger")
    words.update_catalogue(checkout, "ledger")
    text = path.read_text(encoding="utf-8").replace('msgid "Open"\nmsgstr ""', 'msgid "Open"\nmsgstr "開"')
    path.write_text(text, encoding="utf-8")

    words.compile_catalogues(checkout / "locale" / "ledger")

    assert gettext.translation("django", checkout / "locale" / "ledger", ["ja"]).gettext("Open") == "開"


@pytest.mark.parametrize("app", words.APPS)
def test_every_string_has_its_japanese(app: str) -> None:
    assert words.faults(settings.BASE_DIR, app) == []
