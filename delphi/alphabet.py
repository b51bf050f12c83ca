"""Names in the order of a language's alphabet: Åsa stands last in Swedish, and beside Asa in Dutch.

PostgreSQL has the collations of ICU. SQLite has none: there a key is sorted by, made here from Unicode's own decomposition
and the letters that a language counts as its own (CLDR). A language without an entry has no letters beyond A to Z of its own.
"""

import unicodedata
from functools import cache

# Letters of their own, each with the letter behind which it stands.
NORDIC = {"sv": "å>z ä>z ö>z", "fi": "å>z ä>z ö>z", "da": "æ>z ø>z å>z", "no": "æ>z ø>z å>z", "nb": "æ>z ø>z å>z"}
OWN = NORDIC | {
    "es": "ñ>n",
    "pl": "ą>a ć>c ę>e ł>l ń>n ó>o ś>s ź>z ż>z",
    "cs": "č>c ř>r š>s ž>z",
    "sk": "ä>a č>c ô>o š>s ž>z",
    "hr": "č>c ć>c đ>d š>s ž>z",
    "sl": "č>c ć>c đ>d š>s ž>z",
    "hu": "ö>o ő>o ü>u ű>u",
    "ro": "ă>a â>a î>i ș>s ț>t",
    "tr": "ç>c ğ>g ı>h ö>o ş>s ü>u",
    "et": "š>s õ>w ä>w ö>w ü>w",
    "lt": "č>c š>s ž>z",
    "lv": "č>c ģ>g ķ>k ļ>l ņ>n š>s ž>z",
}
# Letters that Unicode does not take apart.
PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"})
BEHIND = 0x10F000  # a character behind all letters: what follows it stands behind every word that goes on


@cache
def _own(language: str) -> dict[int, str]:
    pairs = [pair.split(">") for pair in OWN.get(language, "").split()]
    return {ord(letter): f"{after}{chr(BEHIND + place)}" for place, (letter, after) in enumerate(pairs)}


def sort_key(name: str | None, language: str) -> str:
    """A text by which names are compared letter by letter; where the letters are the same, accents and capitals decide.

    Examples
    --------
    >>> names = ["Zoë", "Åsa", "Azra", "asa"]
    >>> sorted(names, key=lambda name: sort_key(name, "nl")), sorted(names, key=lambda name: sort_key(name, "sv"))
    (['asa', 'Åsa', 'Azra', 'Zoë'], ['asa', 'Azra', 'Zoë', 'Åsa'])
    """
    if not name or name.isascii():
        return f"{(name or '').lower()}\x01{(name or '').lower()}"
    written = unicodedata.normalize("NFC", name)
    letters = unicodedata.normalize("NFD", written.casefold().translate(_own(language)).translate(PLAIN))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)) + "\x01" + written.casefold()
