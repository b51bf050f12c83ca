"""What a file of single ratings says of itself, in words: what it is, what is hidden, and how to check it."""

from delphi.model.study import Level
from exports.data.records import Records

LEVELS = {
    Level.SEPARATED: "Separated duties: rows for the statistician of the study alone; do not pass them on.",
    Level.OPEN_ROWS: "Open rows: the panel agreed that these rows are published at the finish.",
    Level.SEALED: "Sealed: no single ratings are kept.",
}
SHORTER = {
    Level.SEPARATED: "Level separated duties: for the statistician of the study alone.",
    Level.OPEN_ROWS: "Level open rows: published at the finish, as the panel agreed.",
    Level.SEALED: "Level sealed: no single ratings are kept.",
}  # what SPSS and Stata have room for
HIDDEN = (
    "No name, address or time is in it. A code stands for one person in all rounds; it was drawn for these rows and\n"
    "nothing else knows it. Whoever knows three or more answers of a person can still find the row."
)
ANSWERED = "In the rows are those who gave at least one answer in a round; how many were invited stands in the results."
CHECK = (
    "How to check it: `sha256sum -c MANIFEST.sha256` tells that every file is as it was written. `python3\n"
    "scripts/analysis.py` and `Rscript scripts/analysis.R` compute the table again, `delphi analyse FILE` with verdicts.\n"
    "The hash of these rows stands in the study bundle, which `delphi verify` checks. A second download is the same bytes."
)


CONTENTS = (
    "What is in it. ratings/long.csv: one row an answer. ratings/wide.csv: one row a person. ratings/codebook.csv: every\n"
    "variable. ratings/study.json: wordings and definition of consensus. scripts/: programs that read it."
)


def readme(records: Records) -> str:
    """Write the text that lies beside the files."""
    rounds = ", ".join(str(wave.number) for wave in records.waves)
    return "\n\n".join(
        [
            f"Single ratings of a Delphi study: {len(records.records)} people, rounds {rounds}.",
            f"Level. {LEVELS[records.level]}",
            f"What is hidden. {HIDDEN}\n{ANSWERED}",
            CHECK,
            CONTENTS,
        ]
    ) + "\n"  # fmt: skip
