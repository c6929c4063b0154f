"""The anticipated ways the shop floor says no."""

from __future__ import annotations

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A change that is not made, with a sentence a person can act on. Nothing was changed.

    `say` is what is wrong, `true` what is true instead, `do` what to do now. The code is the class name and stable.
    """

    def __init__(self, say: str, *, true: str = "", do: str = "") -> None:
        self.say, self.true, self.do = str(say), str(true), str(do)
        super().__init__(self.detail)

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def detail(self) -> str:
        """The whole refusal as running text."""
        return " ".join(part for part in (self.say, self.true, self.do) if part)

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "detail": self.detail, "say": self.say, "true": self.true, "do": self.do}


class NotPermitted(Refusal):
    """The caller's roles do not hold the operation's permission (403, not 409)."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(
            _("You may not do this: the right “%(permission)s” is missing.") % {"permission": permission},
            true=_("Nothing was recorded."),
            do=_("Ask the line leader who holds that right."),
        )


class KeyReused(Refusal):
    """An idempotency key came again with another caller, operation or arguments."""


class KeyMissing(Refusal):
    """A write came without an idempotency key."""


class BadInput(Refusal):
    """The shape of the input is wrong (400): says which field and why."""

    def __init__(self, say: str, *, fields: dict[str, list[str]] | None = None) -> None:
        self.fields = fields or {}
        super().__init__(say)


class NotFound(Refusal):
    """An id names nothing (404). The gate says it for every operation that looks a row up by its key."""

    def __init__(self) -> None:
        super().__init__(_("There is no such record."), true=_("Nothing was recorded."))
