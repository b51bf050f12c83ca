"""What people call the columns of their lists: the same word in any case, with or without accents and marks."""

import re
import unicodedata
from collections.abc import Mapping


def plain(head: str) -> str:
    """The head of a column without case, accents and marks.

    Examples
    --------
    >>> plain(" E-Mailadres: "), plain("Prénom (usuel)*"), plain("first_name")
    ('e mailadres', 'prenom', 'first name')
    """
    letters = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", " ", head).replace("ł", "l").replace("ı", "i"))
    text = "".join(letter for letter in letters.casefold() if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", " ".join(re.sub(r"[\W_]+", " ", text).split()))


def known(words: Mapping[str, str]) -> dict[str, str]:
    """What each word for a column means; words of one meaning are separated by bars.

    Examples
    --------
    >>> known({"email": "E-mail|courriel"})
    {'e mail': 'email', 'courriel': 'email'}
    """
    return {plain(word): target for target, some in words.items() for word in some.split("|")}
