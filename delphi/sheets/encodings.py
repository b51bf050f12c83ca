"""Bytes that are not UTF-8: which encoding writes words as people write them, and which others there are to choose from."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from delphi.sheets.errors import SheetError

# In this order they are preferred where two read equally well.
ENCODINGS = {
    "cp1252": "Western Europe (Windows-1252)",
    "mac_roman": "Western Europe (Mac Roman)",
    "cp1250": "Central Europe (Windows-1250)",
    "iso8859_2": "Central Europe (ISO-8859-2)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp932": "Japanese (Shift-JIS)",
    "euc_kr": "Korean (EUC-KR)",
    "gb18030": "Chinese (GB 18030)",
    "cp850": "Western Europe (DOS 850)",
}
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# The letters beyond A to Z of the languages that an encoding was made for.
WEST = ("äöüß", "éèêëàâçîïôùûœæÿ", "áéíóúñü", "ãõáéíóâêôàç", "àèéìòù", "éëïöüèêáóú", "åäöé", "æøåéö", "áðéíóúýþæö")
CENTRE = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîșşțţ", "äöüß")
LANGUAGES = {
    "cp1252": WEST,
    "mac_roman": WEST,
    "cp850": WEST,
    "cp1250": CENTRE,
    "iso8859_2": CENTRE,
    "cp1254": ("çğıöşüâîİ",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
}
SCRIPTS = {
    "cp1251": ("CYRILLIC",),
    "koi8_r": ("CYRILLIC",),
    "cp1253": ("GREEK",),
    "cp932": ("CJK", "HIRAGANA", "KATAKANA"),
    "gb18030": ("CJK",),
    "euc_kr": ("HANGUL",),
}
LOOKED_AT, LONGEST_LOOKED_AT = 2000, 100_000  # words, and bytes, by which encodings are told apart
WORD = re.compile(r"[^\s,;:<>()\"'@.\t/-]+")


@dataclass(frozen=True)
class Decoded:
    """A text, the encoding it was read by, and whether that is sure or was found by how its words look."""

    text: str
    encoding: str
    sure: bool


def decode(data: bytes, wanted: str = "") -> Decoded:
    """Read bytes: by their mark, as UTF-8, as is wanted, or by the encoding in which the words look best.

    Raises
    ------
    SheetError
        It is no text, or not in the wanted encoding.

    Examples
    --------
    >>> decode("Zoë".encode("cp1252")).text, decode("Łódź".encode("iso8859_2")).text
    ('Zoë', 'Łódź')
    """
    mark = next((name for start, name in MARKS.items() if data.startswith(start)), None)
    if mark is None and b"\0" in data:
        raise SheetError.at(data[: data.index(b"\0")].count(b"\n") + 1, "", "this is not a text file")
    if (text := _in(data, mark or "utf-8")) is not None:
        return Decoded(text, mark or "utf-8", sure=True)
    encoding = wanted if wanted in ENCODINGS else proposed(data)
    text = None if mark else _in(data, encoding)
    if text is None:
        raise SheetError.at(
            1, "", f"the file is not written in {ENCODINGS.get(encoding, 'the encoding that it names')}"
        )
    return Decoded(text, encoding, sure=False)


def proposed(data: bytes) -> str:
    """The encoding in which most words beyond ASCII are words of one of its languages."""
    return max(ENCODINGS, key=lambda encoding: _fit(data, encoding))


def possible(data: bytes) -> list[str]:
    """The encodings by which all of the bytes can be read."""
    return [encoding for encoding in ENCODINGS if _in(data, encoding) is not None]


def words_beyond_ascii(text: str) -> list[str]:
    """The different words of a text by which its encoding can be told."""
    return list(dict.fromkeys(word for word in WORD.findall(text) if not word.isascii()))


def _in(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _fit(data: bytes, encoding: str) -> float:
    """How many of the words are words of its languages, and of the one that most are in; the more, the better it fits."""
    if _in(data, encoding) is None:
        return -2.0
    words = words_beyond_ascii(_telling(data).decode(encoding, "replace"))[:LOOKED_AT]
    if not words:
        return -1.0
    fitting = [_languages(word, encoding) for word in words]
    tally = [sum(place in found for found in fitting) for place in range(len(WEST))]
    whole = sum(map(bool, fitting)) - sum(not found for found in fitting)
    return (whole + max(tally)) / len(words)


def _telling(data: bytes) -> bytes:
    """The lines by which an encoding can be told: those with something beyond ASCII, up to a length."""
    return b"\n".join(line for line in data.splitlines() if not line.isascii())[:LONGEST_LOOKED_AT]


def _languages(word: str, encoding: str) -> set[int]:
    """The languages of an encoding (by their place) that can have written a word; none if it mixes what no word mixes."""
    letters = [letter for letter in word if not letter.isascii()]
    if not (word == word.upper() or word == word.lower() or _capitalised(word)):
        return set()
    if encoding in SCRIPTS:
        return {0} if _in_script(word, encoding) else set()
    alphabets = LANGUAGES[encoding]
    return {place for place, known in enumerate(alphabets) if all(letter.lower() in known for letter in letters)}


def _in_script(word: str, encoding: str) -> bool:
    """Whether a word is of the script of an encoding, and as likely as a word of it is."""
    if any(letter.isascii() and letter.isalpha() for letter in word):
        return False
    if not all(unicodedata.name(letter, "").startswith(SCRIPTS[encoding]) for letter in word if not letter.isascii()):
        return False
    plain = word.lower()
    if encoding == "cp1253":
        return sum(plain.count(letter) for letter in "άέήίόύώ") == 1 or len(plain) < 4 or word.isupper()
    if encoding in ("cp1251", "koi8_r"):
        return 5 * sum(plain.count(letter) for letter in "аеёиоуыэюяіїє") >= len(plain)
    if encoding == "gb18030":  # the characters of everyday; the rest is what other scripts look like in it
        return all(b"\xb0" <= letter.encode(encoding)[:1] <= b"\xd7" for letter in word)
    return True


def _capitalised(word: str) -> bool:
    """Whether each capital begins the word or a part of it, as in McÄrthur."""
    shape = "".join("A" if letter.isupper() else "a" for letter in word)
    return re.fullmatch(r"(Aa+)+|Aa*-?", shape) is not None
