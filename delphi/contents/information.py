"""Information and consent in the language of a reader."""

from dataclasses import dataclass

from delphi.contents.piece import Piece
from delphi.contents.reading import Contents
from delphi.model.study import Document


@dataclass(frozen=True, slots=True)
class DocumentTexts:
    """A version of what is read before consenting, as it is shown."""

    version: int
    text: Piece
    items: list[Piece]
    reason: Piece


def document_in(contents: Contents, document: Document) -> DocumentTexts:
    """A version of the information in a language; what is agreed to is said in the source where it is not translated."""
    own = f"document.{document.version}"
    items = [contents.say(f"{own}.consent.{n}", line) for n, line in enumerate(document.items)]
    text, reason = contents.say(f"{own}.text", document.text), contents.say(f"{own}.reason", document.reason)
    return DocumentTexts(document.version, text, items, reason)
