"""Released comments as a reader hears them: in an order of their own, in the language written, with the translation."""

import random
from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from delphi.contents.reading import Contents
from delphi.contents.voices import Voice, translations_of, voice
from delphi.model.study import Study
from rounds.participation.reading import Remember
from rounds.questionnaire.prepared import at_once
from rounds.seal import texts


def released_comments(
    session: Session,
    study: Study,
    numbers: Collection[int],
    reader: UUID,
    *,
    contents: Contents,
    remember: Remember = at_once,
) -> dict[tuple[int, int], list[Voice]]:
    """Released comments by round and statement, in an order that stays the same for one reader and differs between them."""
    translations = translations_of(session, study, remember=remember)
    comments_of: dict[tuple[int, int], list[Voice]] = {}
    for one in texts.released(session, study, numbers):
        said = voice(contents, translations, one.ticket, one.text, one.language)
        comments_of.setdefault((one.round, one.statement), []).append(said)
    for (_, statement), written in comments_of.items():
        random.Random(f"{reader}/{statement}").shuffle(written)  # noqa: S311 (an order, not a secret)
    return comments_of
