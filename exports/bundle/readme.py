"""README.html of a bundle: what it is and how to check it, in plain words."""

from collections.abc import Mapping
from html import escape
from typing import Any

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
    ("panel/", "how many were invited and answered"),
    ("ratings/", "ratings under codes made for this bundle alone, or counts where ratings may not be released"),
    ("results/", "the results of each round as they were frozen when the panel saw them, and rounds side by side"),
    ("report/", "the table as a journal prints it"),
    ("figures/", "pictures, each with its numbers"),
    ("audit/", "what the study team decided and when; each line carries the hash of the one before"),
    ("scripts/", "programs that check and recompute; import.sps and import.do read the ratings into SPSS and Stata"),
)


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
        f"No name, address or link of a panelist is in it.</p>\n<h2>How to check it</h2><dl>{steps}</dl>\n"
        f"<h2>What is in it</h2><dl>{parts}</dl>\n"
        f"<h2>Numbers that cannot be computed again from this bundle, by reason</h2><ul>{why or '<li>none</li>'}</ul>\n"
        "</body></html>\n"
    )
