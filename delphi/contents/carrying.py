"""Translations of one study for a copy of it: a piece that says the same is translated the same."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from delphi.contents import translating
from delphi.contents.items import items_of
from delphi.contents.reading import Wording, wordings_in
from delphi.model.study import Study

Carried = Mapping[str, Mapping[tuple[str, str], str]]  # by language, then by kind and source wording


def kind_of(item: str) -> str:
    """What a piece is, whatever number it has.

    Examples
    --------
    >>> kind_of("statement.3.2.text"), kind_of("scale.opt_out"), kind_of("document.2.consent.0")
    ('statement text', 'scale opt_out', 'document consent')
    """
    first, *middle, last = item.split(".")
    words = [word for word in middle if not word.isdigit()]
    return " ".join([first, *(words if last.isdigit() else [last])])


def taken_along(session: Session, study: Study) -> Carried:
    """The translations of a study by what they translate; none of a comment."""
    return {
        code: {
            (kind_of(item), wording.source): wording.text
            for item, wording in wordings_in(session, study, code).items()
            if not item.startswith("comment.")
        }
        for code in study.languages
    }


def carry(session: Session, study: Study, carried: Carried, *, by: int | None, at: datetime) -> None:
    """Give a copy its languages, and its pieces the translations of those that say the same."""
    study.languages = list(carried)
    session.flush()
    pieces = items_of(session, study)
    for code, texts in carried.items():
        found = {one.item: texts.get((kind_of(one.item), one.source)) for one in pieces}
        wordings = {one.item: Wording(text, one.source) for one in pieces if (text := found[one.item])}
        translating.write(session, study, code, wordings, by=by, at=at)
