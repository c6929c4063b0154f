"""Shapes: photos in a form."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from documents.photos import SIZE_LIMIT, put_photo
from ledger.refusals import Refusal

_HASH = re.compile(r"[0-9a-f]{64}")


class PhotosInput(forms.FileInput):
    """A camera button. Photos that came with a form that was refused are kept by their hashes and come along again."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """The hashes kept from the last attempt, then what was taken now."""
        kept = data.getlist(f"{name}_kept") if hasattr(data, "getlist") else data.get(f"{name}_kept", [])
        taken = files.getlist(name) if hasattr(files, "getlist") else []
        return [*(text for text in kept if _HASH.fullmatch(str(text))), *taken]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_kept" not in data and name not in files

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The file field for a camera, and the kept photos as hidden fields with their count."""
        kept = [text for text in value or [] if isinstance(text, str)]
        field = super().render(
            name,
            None,
            {"accept": "image/jpeg,image/png,image/webp", "capture": "environment", **(attrs or {})},
            renderer,
        )
        if not kept:
            return field
        hidden = format_html_join("", '<input type="hidden" name="{}_kept" value="{}">', ((name, one) for one in kept))
        count = ngettext("%(count)d photo is kept from before.", "%(count)d photos are kept from before.", len(kept))
        return format_html('{}{}<p class="help">{}</p>', field, hidden, count % {"count": len(kept)})


class PhotosField(forms.Field):
    """Photos of one act, cleaned to the hashes of stored, stripped pictures. A view asks the right before it validates:
    validating stores. What is no photo is told beside the field, and the other photos are kept."""

    widget = PhotosInput

    def __init__(self, **others: Any) -> None:
        others.setdefault("label", gettext_lazy("Photos"))
        others.setdefault("help_text", gettext_lazy("JPEG, PNG or WebP. Place and device are taken out of the file."))
        others.setdefault("required", False)
        super().__init__(**others)

    def clean(self, value: Any) -> list[str]:
        """The hashes, each once. Raises ValidationError with the sentence of the refusal."""
        hashes, faults = [], []
        for one in value or []:
            if isinstance(one, str):
                hashes.append(one)
                continue
            try:
                hashes.append(put_photo(one.read(SIZE_LIMIT + 1)))
            except Refusal as refusal:
                faults.append(f"{one.name}: {refusal.detail}")
        hashes = list(dict.fromkeys(hashes))
        if isinstance(value, list):
            value[:] = hashes  # what the form shows again when another field is refused
        if faults:
            raise forms.ValidationError(faults)
        if self.required and not hashes:
            raise forms.ValidationError(_("A photo is needed."))
        return hashes
