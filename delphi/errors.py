"""What can go wrong in a decision; the web and the command line say it to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class DelphiError(Exception):
    """A decision could not be carried out; nothing was changed."""


class NotFound(DelphiError):
    """It is not there, or not yours: the two look alike."""


class Refused(DelphiError):
    """The state of things does not allow it; the message says what to do.

    The message is a text of the catalogues, its values stand apart: ``Refused("Round %(number)s is open.", number=2)``.
    """

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


class BadInput(Refused):
    """What was sent cannot be used as it is; the message says what to do."""


class RoundClosed(Refused):
    """An answer came after the close or the deadline."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is missing before a point of no return, or that deserves a thought before it.

    ``where`` is the page on which it is mended: the endpoint of a page of the study.
    """

    code: str
    message: str
    where: str = ""
    blocks: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English, as logs and the command line do."""
        return self.message % self.values if self.values else self.message


class NotReady(Refused):
    """Something is missing; ``issues`` lists it all."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(map(str, issues)))
        self.issues = tuple(issues)
