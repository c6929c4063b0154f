"""What every page says the same way: states, times, figures, codes, links of a table.

A state is a colour, a shape and a word; this is the one place that pairs them. Unknown is never 0 and never blank.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext_lazy

register = template.Library()

PLANT = ZoneInfo("Asia/Tokyo")

# data-state → (icon, word). The names are those of the style sheet.
STATES: dict[str, tuple[str, Any]] = {
    "ok": ("ok", pgettext_lazy("state", "OK")),
    "done": ("done", pgettext_lazy("state", "Done")),
    "run": ("run", pgettext_lazy("state", "In progress")),
    "next": ("next", pgettext_lazy("state", "Next")),
    "stop": ("stop", pgettext_lazy("state", "Stop")),
    "fail": ("fail", pgettext_lazy("state", "Fail")),
    "hold": ("hold", pgettext_lazy("state", "On hold")),
    "late": ("late", pgettext_lazy("state", "Late")),
    "stale": ("stale", pgettext_lazy("state", "Not updated")),
    "unknown": ("unknown", pgettext_lazy("state", "Unknown")),
    "queued": ("queued", pgettext_lazy("state", "Not confirmed")),
    "offline": ("offline", pgettext_lazy("state", "No connection")),
    "swap": ("swap", pgettext_lazy("state", "Replaced")),
    "void": ("void", pgettext_lazy("state", "Void")),
    "wait": ("wait", pgettext_lazy("state", "Reserved")),
    "empty": ("empty", pgettext_lazy("state", "Empty")),
    "info": ("info", pgettext_lazy("state", "Note")),
    "seal": ("seal", pgettext_lazy("state", "Valid")),
}
# What the style sheet draws in the colour of another state.
COLOURS = {"done": "ok", "seal": "ok"}

WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@register.simple_tag
def icon(name: str, colour: str = "") -> SafeString:
    """A drawing beside a word; never alone, so hidden from a screen reader."""
    use = format_html('<use href="{}#{}"/>', static("genpin/icons.svg"), name)
    if colour:
        return format_html('<svg class="icon" data-state="{}" aria-hidden="true">{}</svg>', colour, use)
    return format_html('<svg class="icon" aria-hidden="true">{}</svg>', use)


@register.simple_tag
def state_icon(name: str) -> SafeString:
    """The drawing of a state alone, for lists that write its word themselves."""
    return icon(STATES.get(name, STATES["unknown"])[0])


@register.simple_tag
def state(name: str, word: Any = "", *, chip: bool = True, drawing: str = "") -> SafeString:
    """`{% state "hold" %}` or with a word of its own; `chip=False` in running text. An unheard name is unknown."""
    name = name if name in STATES else "unknown"
    shape, own = STATES[name]
    return format_html(
        '<span class="state{}" data-state="{}">{}{}</span>',
        " chip" if chip else "",
        COLOURS.get(name, name),
        icon(drawing or shape),
        word or own,
    )


@register.filter
def colour(name: str) -> str:
    """The `data-state` that colours this state."""
    return COLOURS.get(name, name)


@register.simple_tag
def unknown(word: Any = "") -> SafeString:
    """A value never known: dashed, with a word."""
    return format_html('<span class="unknown-value">{}</span>', word or STATES["unknown"][1])


@register.simple_tag
def stale(value: Any) -> SafeString:
    """The last known value where newer ones are missing: dotted."""
    return format_html('<span class="stale-value">{}</span>', value)


@register.filter
def code(value: Any) -> SafeString:
    """A number that is compared letter by letter: fixed width, slashed zero, never broken."""
    if value in (None, ""):
        return unknown()
    return format_html('<span class="code">{}</span>', value)


def _local(value: datetime) -> datetime:
    return value.astimezone(PLANT) if value.tzinfo else value


def _time(value: datetime | None, form: str) -> SafeString:
    if not value:
        return unknown()
    local = _local(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), local.strftime(form))


def _day(value: date | datetime | None, form: str) -> SafeString:
    if not value:
        return unknown()
    day = _local(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', day.strftime("%Y-%m-%d"), day.strftime(form))


@register.filter
def plant_time(value: datetime | None) -> SafeString:
    """2026/11/20 16:05, in the plant's time."""
    return _time(value, "%Y/%m/%d %H:%M")


@register.filter
def plant_seconds(value: datetime | None) -> SafeString:
    """2026/11/20 16:05:09, for records."""
    return _time(value, "%Y/%m/%d %H:%M:%S")


@register.filter
def plant_clock(value: datetime | None) -> SafeString:
    """16:05, where the day is plain from the page."""
    return _time(value, "%H:%M")


@register.filter
def plant_short(value: datetime | None) -> SafeString:
    """11/20 16:05, where the year is plain from the page."""
    return _time(value, "%m/%d %H:%M")


@register.filter
def plant_day(value: date | datetime | None) -> SafeString:
    """11/20, in tables of days."""
    return _day(value, "%m/%d")


@register.filter
def plant_date(value: date | datetime | None) -> SafeString:
    """2026/11/20 with its weekday, where a promise is made."""
    if not value:
        return unknown()
    number = (_local(value) if isinstance(value, datetime) else value).weekday()
    if translation.get_language() == "ja":
        return _day(value, f"%Y/%m/%d({WEEKDAYS_JA[number]})")
    return _day(value, f"{WEEKDAYS_EN[number]} %Y/%m/%d")


@register.simple_tag
def age(since: datetime | None, now: datetime, late_after: int = 0) -> SafeString:
    """How old a value is, over its stored instant; `late_after` minutes make it stale."""
    if not since:
        return unknown()
    elapsed = max(now - since, timedelta())
    mark = mark_safe(' data-state="stale"') if late_after and elapsed > timedelta(minutes=late_after) else ""
    instant = since.astimezone(UTC).isoformat(timespec="seconds")
    local = f"{_local(since):%Y/%m/%d %H:%M:%S}"
    return format_html('<time class="age" datetime="{}" title="{}"{}>{}</time>', instant, local, mark, _ago(elapsed))


def _ago(elapsed: timedelta) -> str:
    minutes = int(elapsed.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day ago", "%(n)d days ago", elapsed.days) % {"n": elapsed.days}


@register.filter
def number(value: float | Decimal | None, places: int | None = None) -> SafeString | str:
    """1,362 or 24.7; unknown stays unknown."""
    if value in (None, ""):
        return unknown()
    if places is not None:
        return f"{value:,.{places}f}"
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


@register.simple_tag
def quantity(value: float | Decimal | None, unit: Any, places: int | None = None) -> SafeString:
    """A figure with its unit, kept on one line: 41.2 L."""
    if value in (None, ""):
        return unknown()
    return format_html('<span class="keep">{}<span class="unit">{}</span></span>', number(value, places), unit)


@register.filter
def as_json(value: Any) -> str:
    """A value for an attribute: JSON that the template escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.filter
def yen(value: Any) -> SafeString | str:
    """¥1,900,000: money is whole yen."""
    return unknown() if value in (None, "") else f"¥{value:,}"


@register.filter
def probability5(value: Any) -> SafeString | str:
    """A probability (0 to 1) of assumed inputs, in steps of 5 %: 80 %, < 5 %, > 95 %."""
    if value in (None, ""):
        return unknown()
    step = round(value * 20) * 5
    if step < 5:
        return mark_safe("&lt; 5 %")
    if step > 95:
        return mark_safe("&gt; 95 %")
    return f"{step} %"


@register.filter
def signed(value: float | Decimal | None, places: int = 1) -> SafeString | str:
    """+3.3, −4.2, ±0.0: a difference shows its sign."""
    if value in (None, ""):
        return unknown()
    size = f"{abs(value):,.{places}f}"
    if float(size.replace(",", "")) == 0:
        return f"±{size}"
    return f"{'+' if value > 0 else '−'}{size}"


@register.simple_tag
def grades(counts: dict[str, int]) -> SafeString:
    """How well the inputs are known: Ⓐ measured, Ⓑ quoted, Ⓒ assumed, each with its count."""
    mark = '<span class="grade" data-grade="{}">{}</span> {}'
    parts = [format_html(mark, grade, grade, count) for grade, count in sorted(counts.items())]
    return mark_safe(" ".join(parts))


def _query(context: template.Context) -> Any:
    request = context.get("request")
    return request.GET.copy() if request is not None else None


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The page's own query with some parts changed; None takes a part away. The page number never survives a change."""
    query = _query(context)
    if query is None:
        return "?"
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_link(context: template.Context, field: str, label: Any, *, num: bool = False) -> SafeString:
    """The head of a column that sorts: `?sort=field`, then `?sort=-field`."""
    request = context.get("request")
    now = request.GET.get("sort", context.get("sort", "")) if request is not None else context.get("sort", "")
    up, down = now == field, now == f"-{field}"
    order = "ascending" if up else "descending"
    aria = format_html(' aria-sort="{}"', order) if up or down else ""
    mark = " ▲" if up else " ▼" if down else ""
    link = query_with(context, sort=f"-{field}" if up else field)
    css = mark_safe(' class="num"') if num else ""
    return format_html('<th scope="col"{}{}><a href="{}">{}{}</a></th>', css, aria, link, label, mark)


@register.inclusion_tag("components/limits.html")
def limits_bar(
    low: float | Decimal | None, high: float | Decimal | None, value: float | Decimal | None
) -> dict[str, Any]:
    """A value against its limits, on a scale 90 wide; the band is what is allowed."""
    bottom, top = _scale(low, high, value)
    across = 90 / (top - bottom)
    start = 0.0 if low is None else (float(low) - bottom) * across
    end = 90.0 if high is None else (float(high) - bottom) * across
    mark = None if value is None else round(min(max((float(value) - bottom) * across - 1.2, 0), 87.6), 1)
    none = gettext("none")
    label = gettext("lower limit %(low)s, upper limit %(high)s, value %(value)s") % {
        "low": none if low is None else low,
        "high": none if high is None else high,
        "value": none if value is None else value,
    }
    return {
        "limits": {
            "from_x": round(start, 1),
            "band_width": round(end - start, 1),
            "mark_x": mark,
            "label": label,
        }
    }


def _scale(low: Any, high: Any, value: Any) -> tuple[float, float]:
    """The ends of the scale: half a band beyond each limit, farther where the value lies outside."""
    known = [float(figure) for figure in (low, high) if figure is not None]
    if not known:
        middle = float(value or 0)
        return middle - 1, middle + 1
    span = (known[-1] - known[0]) or abs(known[0]) or 1.0
    half = span / 2 if len(known) == 2 else span
    ends = [known[0] - half, known[-1] + half]
    if value is not None:
        ends += [float(value) - span * 0.1, float(value) + span * 0.1]
    return min(ends), max(ends)


@register.simple_tag
def limit_state(low: Any, high: Any, value: Any) -> SafeString:
    """Inside or outside the limits, by how much; nothing is judged where no limit is given."""
    if value in (None, ""):
        return state("wait", gettext("not measured"), chip=False)
    if low is None and high is None:
        return state("info", gettext("no limits"), chip=False)
    over = Decimal(str(value)) - Decimal(str(high)) if high is not None else Decimal(0)
    under = Decimal(str(value)) - Decimal(str(low)) if low is not None else Decimal(0)
    if over > 0 or under < 0:
        apart = over if over > 0 else under
        return state("late", gettext("outside %(by)s") % {"by": f"{apart:+}".replace("-", "−")}, chip=False)
    return state("done", gettext("within limits"), chip=False)


@register.filter
def state_word(name: str) -> str:
    """The word of a state alone, beside a drawing that is already there."""
    return str(STATES.get(name, STATES["unknown"])[1])
