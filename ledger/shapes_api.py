"""Serializers derived from operations' annotations, for the OpenAPI schema."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
import typing
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from ledger.operations import Operation
from ledger.shapes import hints_of


class RefusalSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A refusal as the API says it."""

    code = serializers.CharField()
    detail = serializers.CharField()


@functools.cache
def serializer_for(entry: Operation, without: tuple[str, ...] = ()) -> type[serializers.Serializer[Any]]:
    """A serializer class with one field an argument, the same for the same question: the schema tells them by name."""
    fields: dict[str, Any] = {
        name: _field(kind, default is inspect.Parameter.empty)
        for name, (kind, default) in hints_of(entry.function).items()
        if name not in without
    }
    rest = "".join(f"Without{_words(name)}" for name in without)
    return type(f"{_words(entry.name)}Arguments{rest}", (serializers.Serializer,), fields)


def _words(name: str) -> str:
    return "".join(part.title() for part in name.replace(".", "_").split("_"))


_FIELDS: dict[Any, Any] = {
    str: lambda **k: serializers.CharField(allow_blank=True, **k),
    int: serializers.IntegerField,
    bool: serializers.BooleanField,
    Decimal: lambda **k: serializers.DecimalField(max_digits=18, decimal_places=6, **k),
    datetime: serializers.DateTimeField,
    date: serializers.DateField,
    uuid.UUID: serializers.UUIDField,
}


def _field(kind: Any, required: bool) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = next(part for part in typing.get_args(kind) if part is not type(None))
        field = _field(inner, required)
        field.allow_null = True
        return field
    if origin in (list, tuple):
        return serializers.ListField(child=_field(typing.get_args(kind)[0], True), required=required)
    if origin is typing.Literal:
        return serializers.ChoiceField(choices=list(typing.get_args(kind)), required=required)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _nested(kind)(required=required)
    if kind in _FIELDS:
        return _FIELDS[kind](required=required)
    return serializers.JSONField(required=required)


@functools.cache
def _nested(kind: type[Any]) -> type[serializers.Serializer[Any]]:
    hints = typing.get_type_hints(kind)
    fields = {
        field.name: _field(
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    }
    return type(kind.__name__, (serializers.Serializer,), fields)
