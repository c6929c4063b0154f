"""Shapes of the API's answers."""

from __future__ import annotations

from rest_framework import serializers

from documents.models import StoredFile


class PhotoSerializer(serializers.ModelSerializer[StoredFile]):
    """A kept photo: acts name it by its hash."""

    class Meta:
        model = StoredFile
        fields = ("sha256", "size", "stored_at")
        read_only_fields = fields
