"""Physical things with a life, and the names they go by."""

from __future__ import annotations

from django.db import models

from inventory.models.parts import Part, PartRevision, Supplier

IDENTIFIER_KINDS = (
    "label",
    "redfish",
    "dmi",
    "board",
    "uuid",
    "mac",
    "pdi",
    "guid",
    "asset",
    "sscc",
    "chassis",
    "chip",
)


class UnitQuerySet(models.QuerySet["Unit"]):
    def with_names(self) -> UnitQuerySet:
        """With part and revision, for lists."""
        return self.select_related("part", "part_revision")


class Unit(models.Model):
    """One physical thing with a life. Never deleted: it ends, and can come back. `tag` is the plant's own 現品番号,
    unique for ever. `serial` is a copy of its label serial for lists ("" when it has none). A unit that is born inside
    a board has a tag only until something reports more of it. `lot`: the supplier's lot it was made in, if known; a
    hold on the lot holds its units."""

    tag = models.TextField(unique=True)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="units")
    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="units")
    level = models.SmallIntegerField()
    serial = models.TextField(default="", blank=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="units")
    country = models.TextField(default="", blank=True)
    lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, related_name="units")
    born_at = models.DateTimeField()
    born_event_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(default="", blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "level"], name="unit_and_level_can_be_referenced"),
            models.UniqueConstraint(fields=["id", "part"], name="unit_and_part_can_be_referenced"),
        ]
        indexes = [
            # readers: shortages, stock by part
            models.Index(fields=["part", "id"], name="unit_by_part"),
            # reader: search by the last digits of a serial
            models.Index(fields=["serial"], name="unit_by_serial"),
        ]

    def __str__(self) -> str:
        return self.serial or self.tag

    @property
    def name(self) -> str:
        """What people call it: its serial, else its tag."""
        return self.serial or self.tag


class Identifier(models.Model):
    """One of a unit's many names: raw as read, normalised for matching (width and blanks only, case kept)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="identifiers")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    raw = models.TextField()
    normalised = models.TextField()
    source = models.TextField(default="", blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=IDENTIFIER_KINDS), name="identifier_kind_is_known"),
            models.CheckConstraint(condition=~models.Q(normalised=""), name="identifier_is_not_blank"),
            models.UniqueConstraint(
                fields=["part", "normalised"],
                condition=models.Q(kind="label"),
                name="label_serial_is_unique_for_its_part",
            ),
            models.UniqueConstraint(
                fields=["kind", "normalised"],
                condition=models.Q(kind__in=["uuid", "mac", "sscc"], closed_at=None),
                name="uuid_and_mac_are_unique_while_current",
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "normalised"],
                condition=models.Q(closed_at=None),
                name="identifier_is_stated_once",
            ),
        ]
        indexes = [
            # reader: resolving what a scanner read
            models.Index(fields=["normalised"], name="identifier_by_text"),
        ]

    def __str__(self) -> str:
        return self.raw
