"""SPSS and Stata syntax: PSPP runs the one where it is there; hostile labels stay texts in both."""

import csv
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from browsing import SECRET
from databases import one_engine
from played import play

from delphi.consensus.shipped_scales import SCALES
from exports.bundle.source import source_of
from exports.bundle.writing import write_bundle
from exports.data.syntax import spss, stata
from exports.record.reader_profile import Profile

HOSTILE = ("it's", 'a "quote"', "`macro'", "$global", "line\nbreak . EXECUTE.")
ODD = replace(SCALES["agree5"], labels=HOSTILE, opt_out="don't\nknow")


@pytest.mark.parametrize("key", SCALES)
def test_every_scale_has_its_syntax(key):
    for text in (spss(SCALES[key]), stata(SCALES[key])):
        assert max(map(len, text.splitlines())) < 500
        assert text.endswith("\n")


def test_a_hostile_label_stays_one_text():
    lines = spss(ODD).splitlines()
    assert all(line.count("'") % 2 == 0 for line in lines)
    assert "  1 'it''s'" in lines
    assert "  5 'line break . EXECUTE.'" in lines
    lines = stata(ODD).splitlines()
    labels = [line for line in lines if line.startswith("label define")]
    assert len(labels) == 7
    assert all(re.fullmatch(r"label define rating \S+ (`\"[^\"`$\\]*\"'|\"[^\"]*\"), modify", line) for line in labels)


def test_stata_syntax_is_as_it_was_looked_at():
    assert stata(SCALES["yesno"]).splitlines()[3:] == [
        'import delimited using "long.csv", varnames(1) case(preserve) encoding("UTF-8") bindquote(strict) ///',
        "  maxquotedrows(unlimited) stringcols(2 4 5 7 9)",
        'replace rating = .a if status == "nq"',
        'replace rating = .b if status == "blank"',
        'label variable row `"Row"\'',
        'label variable panelist `"Code of the panelist, which nothing else knows"\'',
        'label variable round `"Round"\'',
        'label variable group `"Stakeholder group"\'',
        'label variable statement `"Statement"\'',
        'label variable version `"Version of the wording"\'',
        'label variable status `"Status of the answer"\'',
        'label variable rating `"Rating"\'',
        'label variable rating_label `"Rating in words"\'',
        'label variable position `"Place in the order shown"\'',
        'label define rating 0 `"no"\', modify',
        'label define rating 1 `"yes"\', modify',
        'label define rating .a `"opt-out"\', modify',
        'label define rating .b "no answer", modify',
        "label values rating rating",
        "generate byte rated = !missing(rating)",
        "generate agree_pct = 100 * inlist(rating, 1) if rated",
        "generate combined_pct = 100 * inlist(rating, 1) if rated",
        "generate disagree_pct = 100 * inlist(rating, 0) if rated",
        "collapse (sum) n_rated=rated (median) median=rating (mean) mean=rating (sd) sd=rating ///",
        "  (mean) agree_pct combined_pct disagree_pct, by(round position statement)",
        "list, noobs abbreviate(20)",
    ]


@one_engine
def test_pspp_gives_the_same_figures(session, tmp_path):
    if shutil.which("pspp") is None:
        pytest.skip("no pspp on this machine; .ci/run sees to it")
    made = play(session, panelists=30, rounds=2, level="open_rows")
    write_bundle(source_of(session, made), tmp_path / "care.zip", Profile.ANALYST, secret=SECRET)
    zipfile.ZipFile(tmp_path / "care.zip").extractall(tmp_path)
    command = ["pspp", "../scripts/import.sps", "-O", "format=csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path / "ratings")
    assert done.returncode == 0, done.stdout
    assert "error" not in done.stdout
    listed = done.stdout[done.stdout.index("round,position") :].splitlines()
    found = {(row["round"], row["statement"]): row for row in csv.DictReader(listed)}
    results = (tmp_path / "results" / "consensus_long.csv").read_text(encoding="utf-8").splitlines()
    told = [row for row in csv.DictReader(results) if row["group"] == "all"]
    assert len(found) == len(told) == 6
    for row in told:
        own = found[row["round"], row["statement"]]
        assert own["n_rated"] == row["n_rated"]
        for name in ("median", "mean", "sd", "combined_pct", "disagree_pct"):
            assert abs(float(own[name]) - float(row[name])) < 0.006, name
