"""SPSS and Stata syntax that reads the long file, sets labels and missing values, and prints the consensus table."""

from collections.abc import Iterable

from delphi.consensus.scale import Scale
from delphi.sheets.answer_status import SPSS_BLANK, SPSS_NQ
from exports.data.ratings import LONG

SPSS_TYPES = {"int": "F8.0", "text": "A120"}
LONGEST_LIST = 250  # what Stata's inlist takes


def spss(scale: Scale) -> str:
    """Write the syntax for SPSS (and PSPP)."""
    lines = [
        *_spss_reading(),
        *_spss_labels(scale),
        *_spss_table([(name, _listed(set_)) for name, set_ in _sets(scale)]),
    ]
    return "\n".join(lines) + "\n"


def _spss_reading() -> list[str]:
    """Read the long file, and set what is missing."""
    return [
        "* Encoding: UTF-8.",
        "* Run in the folder ratings: set the folder with CD first.",
        "GET DATA /TYPE=TXT /FILE='long.csv' /ENCODING='UTF8' /DELIMITERS=',' /QUALIFIER='\"'",
        "  /ARRANGEMENT=DELIMITED /FIRSTCASE=2 /VARIABLES=",
        *(f"  {column.name} {SPSS_TYPES[column.type]}" for column in LONG),
        "  .",
        f"IF (status = 'nq') rating = {SPSS_NQ}.",
        f"IF (status = 'blank') rating = {SPSS_BLANK}.",
        f"MISSING VALUES rating ({SPSS_NQ}, {SPSS_BLANK}).",
    ]


def _spss_labels(scale: Scale) -> list[str]:
    """Label the variables, and the values of the rating."""
    return [
        *(f"VARIABLE LABELS {column.name} {_spss(column.label)}." for column in LONG),
        "VALUE LABELS rating",
        f"  {SPSS_NQ} {_spss(scale.opt_out or 'opt-out')} {SPSS_BLANK} 'no answer'",
        *(f"  {value} {_spss(label)}" for value, label in _labelled(scale)),
        "  .",
    ]


def _spss_table(sets: list[tuple[str, str]]) -> list[str]:
    """Compute the consensus table and print it."""
    return [
        *(f"COMPUTE {name} = ANY(rating, {values})." for name, values in sets),
        "EXECUTE.",
        "* The consensus table takes the place of the ratings: save them before, if you go on with them.",
        "AGGREGATE /OUTFILE=* /BREAK=round position statement",
        "  /n_rated=N(rating) /median=MEDIAN(rating) /mean=MEAN(rating) /sd=SD(rating)",
        *(f"  /{name}_share=MEAN({name})" for name, _ in sets),
        "  .",
        *(f"COMPUTE {name}_pct = 100 * {name}_share." for name, _ in sets),
        "EXECUTE.",
        "LIST.",
        "* Quartiles of SPSS are of type 6; those of the study may be of another type.",
    ]


def stata(scale: Scale) -> str:
    """Write the syntax for Stata."""
    return "\n".join([*_stata_reading(), *_stata_labels(scale), *_stata_table(scale)]) + "\n"


def _stata_reading() -> list[str]:
    """Read the long file, and set what is missing."""
    return [
        "* Run in the folder ratings: set the folder with cd first.",
        "version 14",
        "clear",
        'import delimited using "long.csv", varnames(1) case(preserve) encoding("UTF-8") bindquote(strict) ///',
        "  maxquotedrows(unlimited) stringcols(2 4 5 7 9)",
        'replace rating = .a if status == "nq"',
        'replace rating = .b if status == "blank"',
    ]


def _stata_labels(scale: Scale) -> list[str]:
    """Label the variables, and the values of the rating."""
    return [
        *(f"label variable {column.name} {_stata(column.label)}" for column in LONG),
        *(f"label define rating {value} {_stata(label)}, modify" for value, label in _labelled(scale)),
        f"label define rating .a {_stata(scale.opt_out or 'opt-out')}, modify",
        'label define rating .b "no answer", modify',
        "label values rating rating",
    ]


def _stata_table(scale: Scale) -> list[str]:
    """Compute the consensus table and print it; a long set is written by its ends, for Stata reads no longer list."""
    return [
        "generate byte rated = !missing(rating)",
        *(
            f"generate {name}_pct = 100 * inlist(rating, {_listed(values)}) if rated"
            if len(values) < LONGEST_LIST
            else f"generate {name}_pct = 100 * inrange(rating, {values[0]}, {values[-1]}) if rated"
            for name, values in _sets(scale)
        ),
        "collapse (sum) n_rated=rated (median) median=rating (mean) mean=rating (sd) sd=rating ///",
        f"  (mean) {' '.join(f'{name}_pct' for name, _ in _sets(scale))}, by(round position statement)",
        "list, noobs abbreviate(20)",
    ]


def _sets(scale: Scale) -> list[tuple[str, tuple[int, ...]]]:
    sets = {"agree": scale.agree, "combined": scale.combined, "disagree": scale.disagree}
    return [(name, values) for name, values in sets.items() if values]


def _labelled(scale: Scale) -> Iterable[tuple[int, str]]:
    """Options with words of their own."""
    pairs = zip(scale.values, scale.labels, strict=True)
    return [(value, label) for value, label in pairs if label != str(value)]


def _listed(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))


def _spss(text: str) -> str:
    """Quote a text: an apostrophe is doubled, and no line ends within it."""
    return "'" + " ".join(text.split()).replace("'", "''")[:240] + "'"


def _stata(text: str) -> str:
    """Quote a text in Stata's compound quotes; what Stata would expand is taken out."""
    plain = " ".join(text.split()).replace('"', "″").replace("`", "ʼ").replace("$", "＄").replace("\\", "/")
    return '`"' + plain + "\"'"
