"""What a kind of letter is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from delphi.translations import N_

EVERY_LETTER = ("greeting", "name", "study", "lead", "contact")
GREETING, REGARDS = "{greeting}", N_("Kind regards,\n{lead}")
YOUR_LINK = (N_("Your personal link:"), "{link}")
FOR_THE_STUDY = (N_("Your personal link, on any device, for the whole study:"), "{link}")


class Text(NamedTuple):
    """Subject and body of a letter, with placeholders."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter.

    ``knows`` are the placeholders it has beside those of every letter; ``needs`` those that stand in every text of it.
    A ``fixed`` one tells the panel what the team did, so that the team cannot write it.
    """

    name: str
    title: str
    subject: str
    paragraphs: tuple[str, ...]
    knows: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    to_team: bool = False
    fixed: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """All placeholders that have a value in a letter of this kind."""
        return (*EVERY_LETTER, *self.knows)

    def text(self, translate: Callable[[str], str]) -> Text:
        """Write the text of the catalogues in a language."""
        return Text(translate(self.subject), "\n\n".join(map(translate, self.paragraphs)))
