"""From annotations to values and back: one reading of an operation's signature for every door."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import types
import typing
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from ledger.canonical import plain
from ledger.refusals import BadInput

TEXT_LIMIT = 20_000
"""Characters in one text argument: longer ones are files, which come by another way."""

DECIMAL_PLACES = 30
"""More than any measured value has; written out, a number with a huge exponent would fill the memory."""

CENTURIES = range(1900, 3000)
"""Years of a moment: beyond them the conversion between zones overflows."""


@functools.cache
def hints_of(function: Callable[..., Any]) -> dict[str, tuple[Any, Any]]:
    """Argument name → (type, default); `inspect.Parameter.empty` where there is none. Without `caller`."""
    hints = typing.get_type_hints(function)
    parameters = inspect.signature(function).parameters
    return {name: (hints[name], parameter.default) for name, parameter in parameters.items() if name != "caller"}


def bound_arguments(function: Callable[..., Any], kwargs: Mapping[str, Any]) -> Any:
    """The arguments of a call as plain JSON with defaults filled in: what the receipt compares."""
    found = {}
    for name, (_kind, default) in hints_of(function).items():
        found[name] = _plain_deep(kwargs.get(name, default))
    return found


def _plain_deep(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain_deep(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain_deep(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain_deep(item) for key, item in value.items()}
    return plain(value)


def arguments_from_json(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Typed arguments from JSON. Raises BadInput with one sentence a field; unknown names are refused."""
    hints = hints_of(function)
    wrong: dict[str, list[str]] = {name: [_("There is no such field.")] for name in given if name not in hints}
    values: dict[str, Any] = {}
    for name, (kind, default) in hints.items():
        if name not in given:
            if default is inspect.Parameter.empty:
                wrong[name] = [_("This field is required.")]
            continue
        try:
            values[name] = _read(kind, given[name], name)
        except _Misread as fault:
            wrong.setdefault(fault.where, []).append(fault.say)
    if wrong:
        say = "; ".join(f"{field}: {' '.join(reasons)}" for field, reasons in wrong.items())
        raise BadInput(say, fields=wrong)
    return values


class _Misread(Exception):
    def __init__(self, where: str, say: str) -> None:
        super().__init__(say)
        self.where, self.say = where, say


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _read_union(kind, value, where)
    if origin in (list, tuple):
        return _read_list(kind, value, where)
    if origin is dict:
        return _read_object(value, where)
    if origin is typing.Literal:
        return _read_choice(typing.get_args(kind), value, where)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _read_dataclass(kind, value, where)
    reader = _READERS.get(kind)
    if reader is None:
        raise TypeError(f"{where}: an operation cannot take {kind!r}")
    return reader(value, where)


def _read_union(kind: Any, value: Any, where: str) -> Any:
    inner = [part for part in typing.get_args(kind) if part is not type(None)]
    if value is None or value == "":
        if len(inner) < len(typing.get_args(kind)):
            return None
        raise _Misread(where, _("This field is required."))
    return _read(inner[0], value, where)


def _read_list(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, list | tuple):
        raise _Misread(where, _("A list is expected."))
    inner = typing.get_args(kind)[0]
    items = [_read(inner, item, f"{where}[{index}]") for index, item in enumerate(value)]
    return tuple(items) if typing.get_origin(kind) is tuple else items


def _read_choice(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value not in choices:
        raise _Misread(where, _("One of these is expected: %(choices)s.") % {"choices": ", ".join(map(str, choices))})
    return value


def _read_dataclass(kind: type[Any], value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise _Misread(where, _("An object is expected."))
    hints = typing.get_type_hints(kind)
    values = {}
    for unknown in set(value) - set(hints):
        raise _Misread(f"{where}.{unknown}", _("There is no such field."))
    for field in dataclasses.fields(kind):
        if field.name in value:
            values[field.name] = _read(hints[field.name], value[field.name], f"{where}.{field.name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _Misread(f"{where}.{field.name}", _("This field is required."))
    return kind(**values)


def _read_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _Misread(where, _("Text is expected."))
    if len(value) > TEXT_LIMIT:
        raise _Misread(where, _("At most %(limit)d characters.") % {"limit": TEXT_LIMIT})
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise _Misread(where, _("The text holds characters that cannot be stored."))
    return value


def _read_integer(value: Any, where: str) -> int:
    text = str(value) if not isinstance(value, bool) else ""
    digits = text[1:] if text.startswith("-") else text
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        raise _Misread(where, _("A whole number is expected."))
    return int(text)


def _read_decimal(value: Any, where: str) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or not -DECIMAL_PLACES <= exponent <= 15 or number.adjusted() >= 15:
        raise _Misread(where, _("A number is expected."))
    return number


def _read_flag(value: Any, where: str) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "on": True}
    if not isinstance(value, bool | str) or value not in known:
        raise _Misread(where, _("true or false is expected."))
    return known[value]


def _read_moment(value: Any, where: str) -> datetime:
    if isinstance(value, datetime):
        moment: datetime | None = value
    else:
        try:
            moment = parse_datetime(str(value))
        except ValueError:
            moment = None
    if moment is None or moment.tzinfo is None or moment.year not in CENTURIES:
        raise _Misread(where, _("A date and time with its zone is expected, such as 2026-11-20T16:05:00+09:00."))
    return moment


def _read_day(value: Any, where: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        day = parse_date(str(value))
    except ValueError:
        day = None
    if day is None:
        raise _Misread(where, _("A date is expected, such as 2026-11-20."))
    return day


def _read_uuid(value: Any, where: str) -> uuid.UUID:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except ValueError:
        raise _Misread(where, _("A UUID is expected.")) from None


def _read_object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Misread(where, _("An object is expected."))
    return dict(_read_anything(value, where))


def _read_anything(value: Any, where: str) -> Any:
    """JSON without a shape of its own: only what can be stored, and no numbers that are none."""
    if isinstance(value, str):
        return _read_text(value, where)
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        raise _Misread(where, _("A number is expected."))
    if isinstance(value, Mapping):
        return {_read_text(key, where): _read_anything(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_read_anything(item, f"{where}[{index}]") for index, item in enumerate(value)]
    return value


_READERS: dict[Any, Callable[[Any, str], Any]] = {
    str: _read_text,
    int: _read_integer,
    Decimal: _read_decimal,
    bool: _read_flag,
    Any: _read_anything,
    datetime: _read_moment,
    date: _read_day,
    uuid.UUID: _read_uuid,
    dict: _read_object,
}


def answer_of(result: Any) -> Any:
    """What a receipt keeps of a result: a row's key, or plain JSON."""
    if isinstance(result, models.Model):
        return result.pk if not isinstance(result.pk, uuid.UUID) else str(result.pk)
    return _plain_deep(result)


def result_of(returns: type[models.Model] | None, answer: Any) -> Any:
    """The result for a repeated key: the row as it is now, or the JSON that was answered."""
    if returns is None:
        return answer
    return returns._default_manager.get(pk=answer)
