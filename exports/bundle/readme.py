"""README.html of a bundle: what it is and how to check it, in plain words."""

from collections.abc import Mapping
from html import escape
from typing import Any

from delphi.model.study import Level

STEPS = (
    ("sha256sum -c MANIFEST.sha256", "every file is as it was written"),
    ("python3 scripts/verify.py", "the chain of events holds, and the figures are computed again with exact fractions"),
    ("Rscript scripts/analysis.R", "the same figures by another program, in base R"),
    (
        "delphi verify FILE",
        "all of this, the signature, every figure and verdict; what cannot be checked is named (exit code 3)",
    ),
    ("delphi analyse FILE", "every number, verdicts and changes too, with the platform itself"),
)
PARTS = (
    ("protocol/", "the method as it was locked before round 1, with its hash"),
    ("instruments/", "what the panel read before taking part, and the questionnaire of every round"),
    ("statements/", "statements, every wording, and what became of them from round to round"),
    (
        "seals/",
        "the chain of seals: what closing each round counted and may be shown, each with the hash of the one before",
    ),
    ("panel/", "how many were invited, took part, stayed, left and joined"),
    ("ratings/", "how often each option was chosen; single ratings under random codes where the panel agreed to that"),
    ("results/", "the results of each round as they were sealed, and rounds side by side"),
    ("report/", "the table as a journal prints it"),
    ("figures/", "pictures, each with its numbers"),
    ("audit/", "what the study team decided and when; each line carries the hash of the one before"),
    ("scripts/", "programs that check and recompute; import.sps and import.do read the ratings into SPSS and Stata"),
)


LEVELS = {
    Level.SEALED: "Sealed: closing a round counted its answers once. Nobody has single ratings, so none are here; how much "
    "statements moved stands there in bands as it was sealed, and all else is computed again from the counts.",
    Level.SEPARATED: "Separated duties: single ratings are for the statistician of the study alone; everybody else has the "
    "counts.",
    Level.OPEN_ROWS: "Open rows: the panel agreed that single ratings are published at the finish, under codes.",
}


def readme(manifest: Mapping[str, Any]) -> str:
    """Write the page."""
    steps = "".join(f"<dt><code>{escape(command)}</code></dt><dd>{escape(what)}</dd>" for command, what in STEPS)
    parts = "".join(f"<dt><code>{escape(name)}</code></dt><dd>{escape(what)}</dd>" for name, what in PARTS)
    why = "".join(f"<li>{escape(name)}: {n}</li>" for name, n in manifest["not_recomputable"].items())
    notice = f"<p><strong>{escape(manifest['notice'])}</strong></p>" if manifest["notice"] else ""
    title = escape(manifest["title"])
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}: study bundle</title></head><body>\n<h1>{title}: study bundle</h1>{notice}\n"
        f"<p>Rounds {', '.join(map(str, manifest['rounds']))}, for {escape(manifest['profile'])} use. "
        f"No name, address or link of a panelist is in it.</p>\n"
        f"<p>{escape(LEVELS[Level(manifest['level'])])}</p>\n<h2>How to check it</h2><dl>{steps}</dl>\n"
        f"<h2>What is in it</h2><dl>{parts}</dl>\n"
        f"<h2>Numbers that cannot be computed again from this bundle, by reason</h2><ul>{why or '<li>none</li>'}</ul>\n"
        "</body></html>\n"
    )
