"""Every report of a COS study by group, a RAND study, the reference study and published ratings, read back and recounted.

The files are read by programs that are not ours, and compared with counts made here from the answers as they stand in
the database: no statistic of the platform is called. One engine is enough: that both give the same is tested elsewhere.
"""

import io
import re
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from xml.etree import ElementTree as ET

import docx
import openpyxl
import played
import pytest
import readback
import readers
import scripted
from builders import NOW
from databases import Template
from printed_verdicts import read_back
from published import EXINSS, MISPRINTED_MODES
from readback import squeezed
from sqlalchemy import select

from delphi.database import Database
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind, Rating
from delphi.model.round import Participation, QuestionnaireItem, Round
from delphi.model.statement import Statement
from exports.catalogue import CATALOGUE
from exports.files.orders import Order, exhibit_of
from exports.formats import FORMATS, PRINTED
from exports.record.reader_profile import Profile
from exports.record.record import of_round
from exports.record.study_record import StudyRecord
from exports.reports.recount import contradictions
from exports.reports.styles import STYLES
from exports.results import figures
from exports.tables.document import Document, Figure

FOUR = {"lo": 1, "hi": 4, "agree": {4}, "combined": {3, 4}, "disagree": {1, 2}, "neutral": set()}
NINE = {"lo": 1, "hi": 9, "agree": {7, 8, 9}, "combined": {7, 8, 9}, "disagree": {1, 2, 3}, "neutral": {4, 5, 6}}
OUTCOMES = (*["Pain", "Fatigue", "Sleep", "Stigma"], "Quality of life", "Return to work", "Death from any cause")
COS = played.COS | {
    "statements": tuple(
        scripted.NewStatement(f"OUT{n}", text, section=("Symptoms", "Life")[n > 3])
        for n, text in enumerate(OUTCOMES, 1)
    )
}
STUDIES = {
    "reference": (FOUR, lambda session, _: scripted.reference(session)),
    "cos": (NINE, lambda session, _: played.play(session, "cos", panelists=60, rounds=2, leavers=0.1, **COS)),
    "rand": (NINE, lambda session, _: played.play(session, "rand", panelists=14, rounds=2, **played.RAND)),
    "published": (FOUR, lambda session, folder: played.with_open_rows(session, scripted.published(session, folder))),
}
VIA = [(key, profile) for key, entry in CATALOGUE.items() for profile in entry.profiles]


@dataclass
class Played:
    """A study that was played, its raw answers, and its files, made once."""

    name: str
    scale: dict
    session: object
    study: object
    folder: object
    files: dict = field(default_factory=dict)
    built: dict = field(default_factory=dict)

    def __post_init__(self):
        key = {"study_id": self.study.id}
        self.codes = {s.number: s.code for s in self.session.scalars(select(Statement).filter_by(**key))}
        self.groups = {p.id: p.stakeholder_group for p in self.session.scalars(select(Panelist).filter_by(**key))}
        self.invited = defaultdict(set)
        self.submitted = defaultdict(set)
        for one in self.session.scalars(select(Participation).filter_by(**key)):
            self.invited[one.round].add(one.panelist)
            if one.submitted_on:
                self.submitted[one.round].add(one.panelist)
        self.given = defaultdict(dict)
        for one in self.session.scalars(select(Rating).filter_by(**key).where(Rating.kind != AnswerKind.CLEARED)):
            self.given[one.round, self.codes[one.statement]][one.panelist] = one.value
        self.here = defaultdict(set)
        for (number, _), given in self.given.items():
            self.here[number] |= set(given)
        self.asked = defaultdict(list)
        for one in self.session.scalars(
            select(QuestionnaireItem).filter_by(**key).order_by(QuestionnaireItem.round, QuestionnaireItem.position)
        ):
            self.asked[one.round].append(self.codes[one.statement])
        self.last = max(self.here)
        for number in sorted(self.here):
            figures.complete(self.session, self.study, self.session.get_one(Round, (self.study.id, number)), at=NOW)

    def within(self, row, shown):
        """People of a row of numbers: all, a group, or everybody who is in none that is shown."""
        group = row["group"]
        if group in ("all", "all others"):
            return {who for who, own in self.groups.items() if group == "all" or own not in shown}
        return {who for who, own in self.groups.items() if own == group}

    def exhibit(self, key, format_, profile, **more):
        at = (key, bool(CATALOGUE[key].page) and format_ in PRINTED, profile, *more)
        if at not in self.built:
            self.built[at] = exhibit_of(self.session, self.study, Order(key, format_, profile, **more))
        return self.built[at]

    def file(self, key, format_, profile=Profile.ANALYST, **more):
        at = (key, format_, profile, *more)
        if at not in self.files:
            stream = io.BytesIO()
            FORMATS[format_].write(self.exhibit(key, format_, profile, **more), stream)
            self.files[at] = stream.getvalue()
        return self.files[at]

    def rows(self, key, profile=Profile.ANALYST, **more):
        return readback.rows_of_json(self.file(key, "json", profile, **more))

    def answers(self, number, code, group="all"):
        """Ratings of everybody or of a group, the number of opt-outs, and of those who left it blank."""
        people = {who for who in self.here[number] if group in ("all", self.groups[who])}
        given = {who: value for who, value in self.given[number, code].items() if who in people}
        return (
            sorted(v for v in given.values() if v is not None),
            list(given.values()).count(None),
            len(people - set(given)),
        )

    def pairs(self, number, code):
        """Ratings of those who rated in this round and in the one before."""
        before, now = (self.given[n, code] for n in (number - 1, number))
        both = ((before.get(who), value) for who, value in now.items())
        return [(old, new) for old, new in both if old is not None and new is not None]


@pytest.fixture(scope="module", params=STUDIES)
def made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    template = Template("sqlite", folder)
    scale, play = STUDIES[request.param]
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            yield Played(request.param, scale, session, play(session, folder), folder)
        database.engine.dispose()


def study(*names):
    """Ask for some of the studies only."""
    return pytest.mark.parametrize("made", names, indirect=True, scope="module")


def quantile(values, p):
    """Type 7 of Hyndman and Fan, by its definition."""
    h = (len(values) - 1) * Fraction(p)
    low = int(h)
    return values[low] + (h - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def share(k, n):
    return float(Fraction(100 * k, n)) if n else None


def wilson(k, n):
    z, p = statistics.NormalDist().inv_cdf(0.975), k / n
    middle, half = p + z * z / 2 / n, z * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5
    return [100 * (middle + side * half) / (1 + z * z / n) for side in (-1, 1)]


def counted(scale, values, nq, blank):
    """Count what a row of the consensus table says of ratings."""
    n, f = len(values), Counter(values)
    sets = {name: sum(f[v] for v in scale[name]) for name in ("agree", "combined", "disagree", "neutral")}
    row = {"n_rated": n, "n_nq": nq, "n_blank": blank, "n_shown": n + nq + blank, "nq_pct": share(nq, n + nq)}
    row |= {f"k_{v}": f[v] for v in range(scale["lo"], scale["hi"] + 1)}
    row |= {f"pct_{v}": share(f[v], n) for v in range(scale["lo"], scale["hi"] + 1)}
    for name, k in sets.items():
        known = bool(scale[name])
        row |= {f"{name}_k": k if known else None, f"{name}_pct": share(k, n) if known else None}
    row["combined_pct_nq_in"] = share(sets["combined"], n + nq)
    row["ci_low"], row["ci_high"] = wilson(sets["combined"], n)
    q1, row["median"], q3 = (float(quantile(values, p)) for p in ("1/4", "1/2", "3/4"))
    row |= {"q1": q1, "q3": q3, "iqr": q3 - q1, "mean": statistics.fmean(values), "sd": statistics.stdev(values)}
    return row | {"mode": ";".join(map(str, sorted(statistics.multimode(values))))}


def same(found, expected):
    if isinstance(expected, float) and found is not None:
        return found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    return found == expected


def half_up(value, decimals=0):
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(repr(value))
    )
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def journal_share(k, n):
    """A share as journals print it, from its counts."""
    shown = str(half_up(Fraction(100 * k, n)))
    return {"0": "0*" if k else "0", "100": "100†" if k < n else "100"}.get(shown, shown)


def figure(value):
    """A number as it is printed: up to two decimals."""
    text = str(half_up(value, 2))
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def printed(name, kind, value):
    """A cell as page formats print it, by another rounding than ours."""
    if value is None or isinstance(value, str):
        return squeezed(value or "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "delta_combined_pp":
        points = half_up(value)
        return "0" if points == 0 else f"{points:+}".replace("-", "−")
    if kind == "percent" and isinstance(value, float):
        return str(half_up(value))
    if kind == "p" and isinstance(value, float):
        return "<0.001" if value < 0.001 else str(half_up(value, 3))
    return figure(value) if isinstance(value, float) else str(value)


def as_text(value):
    """A value as CSV writes it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_every_table_for_machines_holds_the_same_values(made):
    tables = 0
    for key, profile in VIA:
        if CATALOGUE[key].kind is Document:
            continue
        rows = made.rows(key, profile)
        lines = readback.rows_of_csv(made.file(key, "csv", profile))
        book = readback.book_of(made.file(key, "xlsx", profile))
        for row in lines:
            row.pop("simulated", None)
        assert lines == [{name: as_text(value) for name, value in row.items()} for row in rows], (key, profile)
        assert len(book.rows) == len(rows), (key, profile)
        for row, cells in zip(rows, book.rows, strict=True):
            hidden = {pair.split("=")[0] for pair in (row.get("reasons") or "").split(";") if "=suppressed" in pair}
            for name, value in row.items():
                expected = ("–" if name in hidden else None) if value in (None, "") else value
                assert same(cells[name] or cells[name], expected) or (cells[name] in (None, "") and not expected), (
                    key,
                    profile,
                    name,
                )
        assert shown_lines(made.file(key, "table", profile).decode()) == len(rows), (key, profile)
        assert set(book.codebook) == set(rows[0] if rows else book.codebook)
        tables += 1
    assert tables >= 55


def shown_lines(text):
    """Lines of a table for a terminal, between its rules."""
    _, body, *_ = re.split(r"^-+$", text, flags=re.MULTILINE)
    return len(body.strip("\n").splitlines()) if body.strip() else 0


def test_every_page_prints_the_values_of_the_table(made):
    for key, profile in VIA:
        entry = CATALOGUE[key]
        if entry.kind is not type(made.exhibit("consensus", "csv", Profile.PUBLIC)):
            continue
        source = "journal" if key == "consensus" else key
        grids = {name: read(made.file(key, name, profile), made.folder)[0] for name, read in readback.PAGES.items()}
        [page] = grids["html"]
        assert [page] == grids["docx"], (key, profile)
        assert [page] == grids["latex"], (key, profile)
        assert readback.unread(made.file(key, "pdf", profile), made.folder, [page]) == [], (key, profile)
        if key == "wide":
            check_rounds(made, page, profile)
            continue
        rows = made.rows(source, profile)
        codebook = readback.book_of(made.file(source, "xlsx", profile)).codebook
        names = {label: name for name, (label, _) in codebook.items()}
        assert len(page.rows) == len(rows), (key, profile)
        for cells, row in zip(page.rows, rows, strict=True):
            for head, cell in zip(page.heads, cells, strict=True):
                name = names[head]
                check_cell((key, profile, name), cell, printed(name, codebook[name][1], row[name]), row)


def check_rounds(made, page, profile):
    """Compare the rounds side by side with the answers: N and agreement of each, a dash or nothing where hidden or not asked."""
    assert any(head.startswith("Round 1") for head in page.heads)
    assert (made.last == 1) or any(head.startswith(f"Round {made.last}") for head in page.heads)
    seen = 0
    for cells in page.rows:
        line = dict(zip(page.heads, cells, strict=True))
        code = max((code for code in made.codes.values() if cells[0].startswith(code)), key=len)
        for number in sorted(made.here):
            values, _, _ = made.answers(number, code)
            n, agree = len(values), sum(v in made.scale["combined"] for v in values)
            for head, want in (("N", str(n)), ("Agree %", journal_share(agree, n) if n else "")):
                cell = line.get(f"Round {number}: {head}")
                if cell in (None, "–", "") or re.search(r"[<>.]", cell):
                    continue
                seen += 1
                assert cell == want, (code, number, head, profile)
    assert seen


def test_the_tags_of_a_pdf_hold_the_cells_of_the_journal_table(made):
    [page], _ = readback.html(made.file("journal", "html", Profile.PUBLIC), made.folder)
    [table] = readback.tagged(made.file("journal", "pdf", Profile.PUBLIC), made.folder)
    assert table.packed[-len(page.rows) :] == page.packed[1:]
    if made.name != "cos":  # its heads stand on two rows
        assert table.packed == page.packed


def check_cell(where, cell, expected, row):
    """Compare a printed cell with its value; an empty one is empty, a dash where hidden, or says why."""
    if row[where[2]] is None:
        hidden = f"{where[2]}=suppressed_disclosure" in (row.get("reasons") or "")
        assert cell == "–" if hidden else cell in ("", "reworded", "merged", "split", "new"), where
    elif cell not in ("0*", "100†", "<1", ">99"):
        assert cell == expected, where
    else:
        assert 0 < row[where[2]] < 0.5 or 99.5 <= row[where[2]] < 100, where


def test_documents_say_the_same_in_every_format_and_hold_the_tables(made):
    for key, profile in VIA:
        if CATALOGUE[key].kind is not Document:
            continue
        pages, said = readback.html(made.file(key, "html", profile), made.folder)
        again, words = readback.word(made.file(key, "docx", profile), made.folder)
        assert pages == again
        latex = readback.latex(made.file(key, "latex", profile), made.folder)[0]
        assert (
            pages == latex[: len(pages)]
        )  # behind them it has the numbers of its figures, which are files of their own
        assert readback.unread(made.file(key, "pdf", profile), made.folder, pages) == []
        written = "".join("".join(words).split())
        notice = made.exhibit(key, "html", profile).notice  # stands in the head of each page
        assert all("".join(line.split()) in written for line in said if line != notice), key
    first, second = readback.html(made.file("text", "html", Profile.AUTHOR), made.folder)[0]
    assert second == readback.html(made.file("journal", "html", Profile.AUTHOR), made.folder)[0][0]
    assert [row[0] for row in first.rows] == [str(number) for number in sorted(made.here)]


def test_every_figure_is_a_picture_in_every_format(made):
    for key, profile in VIA:
        if CATALOGUE[key].kind is not Figure:
            continue
        root = ET.fromstring(made.file(key, "svg", profile))
        title, about = (root.find(f"{{http://www.w3.org/2000/svg}}{name}").text for name in ("title", "desc"))
        page = made.file(key, "html", profile).decode()
        assert squeezed(about) in squeezed(readback.squeezed(page.replace("&#39;", "'")))
        drawn = made.exhibit(key, "svg", profile)
        assert (title, about) == (drawn.title, drawn.alternative)
        if profile is Profile.PUBLIC:
            assert made.file(key, "png", profile).startswith(b"\x89PNG")
            assert made.file(key, "pdf", profile).startswith(b"%PDF")


def test_the_consensus_table_is_what_the_answers_say(made):
    rows = made.rows("consensus", by_group=True)
    assert [row["statement"] for row in rows if row["group"] == "all"] == [
        code for number in sorted(made.asked) if number in made.here for code in made.asked[number]
    ]
    for row in rows:
        values, nq, blank = made.answers(row["round"], row["statement"], row["group"])
        for name, expected in counted(made.scale, values, nq, blank).items():
            assert same(row[name], expected), (row["statement"], row["round"], row["group"], name)
        people = [who for who in made.invited[row["round"]] if row["group"] in ("all", made.groups[who])]
        assert row["n_invited"] == len(people)


def test_differences_are_of_all_who_rated(made):
    compared = 0
    for row in made.rows("consensus"):
        if row["relation"] not in ("same", "reworded_same_meaning"):
            assert (row["delta_combined_pp"], row["delta_median"]) == (None, None)
            continue
        before, now = (counted(made.scale, *made.answers(row["round"] - r, row["statement"])) for r in (1, 0))
        assert same(row["delta_combined_pp"], now["combined_pct"] - before["combined_pct"])
        assert same(row["delta_median"], now["median"] - before["median"])
        compared += 1
    assert compared >= (12 if made.name == "published" else 1)


def test_what_moved_is_of_those_of_both_rounds(made):
    for row in made.rows("consensus"):
        if row["relation"] not in ("same", "reworded_same_meaning"):
            assert (row["n_paired"], row["changed_band"]) == (None, None)
            continue
        pairs = made.pairs(row["round"], row["statement"])
        changed = sum(a != b for a, b in pairs)
        parts = [changed * 100 <= bound * len(pairs) for bound in (15, 30)]
        assert row["changed_band"] in (None, ("over_30", "15_to_30", "up_to_15")[sum(parts)])
        if row["n_paired"] is not None:
            assert row["n_paired"] == len(pairs)
            assert same(row["changed_pct"], share(changed, len(pairs)))


def test_the_report_of_change_says_why_pairs_are_not_there(made):
    rows, said = made.rows("stability"), made.exhibit("stability", "json", Profile.ANALYST).notes
    assert rows
    if made.name == "published":  # its rows are open
        for row in rows:
            if row["n_paired"] is not None:
                pairs = made.pairs(row["round"], row["statement"])
                moved = [sum(a != b for a, b in pairs), sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)]
                assert [row[name] for name in ("changed_k", "up", "down")] == moved
    else:
        assert "n_paired" not in rows[0]
        assert "Single ratings are not kept" in " ".join(said)
        assert "of the comparable statements are stable" in " ".join(said)


def test_public_files_show_the_same_numbers_or_say_that_they_are_hidden(made):
    for key in ("consensus", "journal", "groups", "participation", "sensitivity"):
        ours, public = made.rows(key, by_group=True), made.rows(key, Profile.PUBLIC, by_group=True)
        rows = {(row.get("round"), row.get("group"), row.get("statement")): row for row in ours}
        assert public
        for row in public:
            whole = rows[row.get("round"), row.get("group"), row.get("statement")]
            hidden = {pair.split("=")[0] for pair in (row["reasons"] or "").split(";") if "=suppressed" in pair}
            for name, value in row.items():
                if name not in ("reasons", "part"):
                    assert value is None if name in hidden else same(value, whole[name]), (key, name)


def test_participation_is_what_happened(made):
    rows = made.rows("participation")
    for row in rows:
        number = row["round"]
        ours = made.within(row, {one["group"] for one in rows if one["round"] == number})
        invited, here, done = (people[number] & ours for people in (made.invited, made.here, made.submitted))
        complete = here & done
        assert [row[name] for name in ("invited", "started", "complete", "partial", "analysed")] == [
            len(invited),
            len(here),
            len(complete),
            len(here - done),
            len(here),
        ]
        assert same(row["response_pct"], share(len(complete), len(invited)))
        if number > 1:
            before = made.here[number - 1] & ours
            assert row["retained_from_previous"] == len(here & before)
            assert same(row["retention_pct"], share(len(here & before), len(before)))


def test_other_reports_rest_on_the_same_counts(made):
    for row in made.rows("groups"):
        values, _, _ = made.answers(row["round"], row["statement"], row["group"])
        assert (row["n_rated"], row["median"]) == (len(values), float(quantile(values, "1/2")))
        assert same(row["combined_pct"], share(sum(v in made.scale["combined"] for v in values), len(values)))
    verdicts = {(row["round"], row["statement"]): row["verdict"] for row in made.rows("consensus")}
    for row in made.rows("sensitivity"):
        assert row["verdict"] == verdicts[row["round"], row["statement"]]
        assert sum(row[f"n_{word}"] for word in ("in", "out", "none", "too_few")) == row["definitions"]
    for row in made.rows("robustness"):
        assert row["verdict"] == verdicts[row["round"], row["statement"]]
    for row in made.rows("wide"):
        rounds = [number for number in sorted(made.here) if row["statement"] in made.asked[number]]
        assert (row["final_round"], row["final_verdict"]) == (rounds[-1], verdicts[rounds[-1], row["statement"]])
        for number in rounds:
            values, _, _ = made.answers(number, row["statement"])
            assert (row[f"n_rated_r{number}"], row[f"median_r{number}"]) == (
                len(values),
                float(quantile(values, "1/2")),
            )


def test_whoever_left_is_counted_as_such(made):
    for row in made.rows("attrition"):
        if row["statement"] == "all" and row["round"] < made.last:
            ours = {who for who, group in made.groups.items() if row["group"] in ("all", group)}
            here, later = (made.here[number] & ours for number in (row["round"], row["round"] + 1))
            if row["n_stayed"] is None:  # the next round does not show this group
                assert "n_stayed=suppressed_disclosure" in row["reasons"]
            else:
                assert (row["n_stayed"], row["n_left"]) == (len(here & later), len(here - later))


def page_of(made, key="journal", profile=Profile.PUBLIC):
    """The printed table, by its heads."""
    [grid] = readback.word(made.file(key, "docx", profile), made.folder)[0]
    return grid.heads, {row[0]: dict(zip(grid.heads, row, strict=True)) for row in grid.rows}


@study("cos")
def test_a_core_outcome_set_is_printed_group_by_group(made):
    heads, lines = page_of(made)
    groups = ("patients", "nurses", "doctors")
    columns = [f"{group}: {what}" for group in groups for what in ("n", "7–9 %", "1–3 %", "unable %")]
    assert heads == ["No.", "Outcome", *columns, "Verdict round 1", "Verdict round 2"]
    assert list(lines) == made.asked[2]
    for code, line in lines.items():
        for group in groups:
            values, nq, _ = made.answers(2, code, group)
            assert [line[f"{group}: {what}"] for what in ("n", "7–9 %", "1–3 %", "unable %")] == [
                str(len(values)),
                journal_share(sum(v >= 7 for v in values), len(values)),
                journal_share(sum(v <= 3 for v in values), len(values)),
                journal_share(nq, nq + len(values)),
            ]
        assert line["Verdict round 2"] == by_group(made, 2, code)
    assert [line["Verdict round 1"] for line in lines.values()][:2] == [by_group(made, 1, "OUT1"), "reworded"]


def by_group(made, number, code):
    """70 % rate 7–9 and fewer than 15 % rate 1–3 in each group, or the mirror image in each; at least 5 in each."""
    words = set()
    for group in ("patients", "nurses", "doctors"):
        values, _, _ = made.answers(number, code, group)
        n, high, low = len(values), sum(v >= 7 for v in values), sum(v <= 3 for v in values)
        if n < 5:
            return "too_few"
        words.add(
            "in"
            if 10 * high >= 7 * n and 20 * low < 3 * n
            else "out"
            if 10 * low >= 7 * n and 20 * high < 3 * n
            else ""
        )
    return words.pop() or "none" if len(words) == 1 else "none"


@study("rand")
def test_a_rand_study_is_printed_with_what_decided_its_classification(made):
    heads, lines = page_of(made)
    ends = ["Ratings 1–3", "Ratings 7–9"]
    assert heads == ["No.", "Indication", "n", "Median", *ends, "Disagreement", "Classification"]
    for code, line in lines.items():
        values, _, _ = made.answers(2, code)
        middle, third = quantile(values, "1/2"), (len(values) + 1) // 3
        low, high = sum(v <= 3 for v in values), sum(v >= 7 for v in values)
        disagree = low >= third and high >= third
        zone = ("inappropriate", "uncertain", "appropriate")[(int(middle + Fraction(1, 2)) - 1) // 3]
        assert [line[head] for head in heads[2:]] == [
            *(str(len(values)), figure(middle), str(low), str(high)),
            *("yes" if disagree else "no", "uncertain" if disagree else zone),
        ]


@study("reference", "published")
def test_graded_agreement_is_printed_option_by_option(made):
    heads, lines = page_of(made)
    shares = ["A %", "SA %", "SD %", "D %"]
    assert heads == ["No.", "Statement", "Grade", *shares, "Combined %", "N", "NQ %", "Median", "IQR", "Change"]
    for code, line in lines.items():
        values, nq, _ = made.answers(made.last, code)
        n, agreeing = len(values), sum(v >= 3 for v in values)
        assert [line[head] for head in shares] == [journal_share(values.count(v), n) for v in (4, 3, 2, 1)]
        assert [line["Combined %"], line["N"]] == [journal_share(agreeing, n), str(n)]
        assert line["NQ %"] == journal_share(nq, n + nq)
        assert line["Grade"] == grade(agreeing, n)


def grade(k, n):
    """U without dissent; else by the share rounded half up: A from 90, B from 78, C from 67."""
    if k == n:
        return "U"
    shown = half_up(Fraction(100 * k, n))
    return next((letter for letter, least in (("A", 90), ("B", 78), ("C", 67)) if shown >= least), "")


@study("published")
def test_published_medians_modes_and_changes_come_out_of_every_format(made):
    files = {
        "json": made.rows("consensus"),
        "csv": readback.rows_of_csv(made.file("consensus", "csv")),
        "xlsx": readback.book_of(made.file("consensus", "xlsx")).rows,
    }
    for rows in files.values():
        found = {(int(row["round"]), row["statement"]): row for row in rows}
        assert len(found) == len(EXINSS) == 24
        for number, name, counts, median, mode in EXINSS:
            row = found[number, name]
            assert [int(row[f"k_{v}"]) for v in (1, 2, 3, 4)] == counts
            assert float(row["median"]) == median
            assert (str(mode) in row["mode"].split(";")) != ((number, name) in MISPRINTED_MODES)
    moved = made.rows("stability")
    assert (sum(row["n_paired"] or 0 for row in moved), sum(row["changed_k"] or 0 for row in moved)) == (336, 84)
    _, lines = page_of(made)
    assert {code: line["Median"] for code, line in lines.items()} == {
        name: str(m) for r, name, _, m, _ in EXINSS if r == 2
    }


def test_a_mean_of_agreement_has_the_denominator_of_the_study(session):
    study = played.play(session, panelists=30, rounds=1, denominator="answered")
    table = exhibit_of(session, study, Order("journal", "csv", Profile.ANALYST))
    rows = exhibit_of(session, study, Order("consensus", "csv", Profile.ANALYST)).as_dicts()
    mean = statistics.mean([Fraction(100 * row["combined_k"], row["n_rated"] + row["n_nq"]) for row in rows])
    assert f"agreement {half_up(mean, 1)} %" in str(table.rows[0][0])
    assert "agreement and disagreement are of those who rated or chose the opt-out" in table.caption


@study("cos", "rand")
def test_a_scale_without_words_is_described_by_its_zones(made):
    said = " ".join(readback.html(made.file("text", "html", Profile.AUTHOR), made.folder)[1])
    zones = {
        "cos": "1–3 limited importance, 4–6 important but not critical, 7–9 critical",
        "rand": "1–3 inappropriate, 4–6 uncertain, 7–9 appropriate",
    }
    assert f"rated on a scale of 9 points from 1 to 9 ({zones[made.name]});" in said


def test_a_workbook_opens_with_the_table_as_it_is_printed_and_its_numbers_are_numbers(made):
    [page], _ = readback.html(made.file("journal", "html", Profile.PUBLIC), made.folder)
    book = openpyxl.load_workbook(io.BytesIO(made.file("journal", "xlsx", Profile.PUBLIC)))
    assert book.sheetnames == ["printed", "README", "table", "codebook", "notes"]
    sheet = book["printed"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][0] == made.study.title
    found = [line for line in lines if line[0] in made.asked[made.last]]
    assert len(found) == len(page.rows)
    for cells, line in zip(page.rows, found, strict=True):
        for text, value in zip(cells, line, strict=True):
            if isinstance(value, int | float):
                assert text in (
                    figure(value),
                    str(half_up(value) + 0),
                    f"{half_up(value):+}".replace("-", "−"),
                    "0*",
                    "100†",
                )
            else:
                assert squeezed(value or "") == text
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet.print_title_rows == f"$3:${4 if made.name == 'cos' else 3}"


@pytest.mark.parametrize("key", ["participation", "groups"])
def test_a_page_hides_what_a_table_hides(session, key):
    groups = (*["nurses"] * 7, "peers")  # 21 and 3: two groups that both have to be hidden
    study = played.play(session, panelists=24, rounds=2, leavers=0, groups=groups, statements=played.COS["statements"])
    table, page = (exhibit_of(session, study, Order(key, format_, Profile.PUBLIC)) for format_ in ("csv", "html"))
    column = "invited" if key == "participation" else "n_rated"
    shown = [[(row["round"], row["group"], row[column]) for row in made.as_dicts()] for made in (table, page)]
    assert shown[0] == shown[1]
    assert all(n is None for _, group, n in shown[1] if group != "all")
    assert any(n for _, group, n in shown[1] if group == "all")


@study("cos")
def test_groups_stand_above_their_columns(made):
    page = made.file("journal", "html", Profile.PUBLIC).decode()
    assert '<th scope="colgroup" colspan="4" class="o">patients</th>' in page
    book = openpyxl.load_workbook(io.BytesIO(made.file("journal", "xlsx", Profile.PUBLIC)))
    assert {"C3:F3", "G3:J3", "K3:N3"} <= {str(cells) for cells in book["printed"].merged_cells.ranges}
    folder = made.folder / "latex"
    folder.mkdir()
    (folder / "t.tex").write_bytes(made.file("journal", "latex", Profile.PUBLIC))
    said = readers.run("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex", folder=folder)
    assert "Overfull" not in said


@study("reference")
def test_a_heading_never_stands_last_on_a_page_and_stands_again_on_the_next(made):
    path = made.folder / "pages.pdf"
    path.write_bytes(made.file("journal", "pdf", Profile.PUBLIC))
    pages = readers.run("pdftotext", "-layout", path, "-").split("\f")
    sections = {row["statement"]: row["section"] for row in made.rows("journal")}
    for page in pages[:-1]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        rows = [i for i, line in enumerate(lines) if line.split()[0] in sections]
        if rows:
            above = lines[: rows[0]]
            assert sections[lines[rows[0]].split()[0]] in above
            assert any("mean combined agreement" in line for line in above)
            assert not set(lines[rows[-1] + 1 :]) & set(sections.values())


@study("reference")
def test_response_is_printed_round_by_round_and_says_once_when_a_round_ran(made):
    page = made.file("participation", "html", Profile.PUBLIC).decode()
    assert len(re.findall(r'<th scope="rowgroup"[^>]*>Round \d, \d{4}-\d\d-\d\d to ', page)) == 3
    assert "Nobody: returned, declined." in page
    assert "hidden, since" not in page
    assert page.count('<th scope="col"') == 11


def test_notes_explain_what_the_table_holds_and_nothing_else(made):
    for key in ("journal", *(f"journal-{style}" for style in ("agreement", "median", "mean", "rand", "groups"))):
        page = made.file(key, "html", Profile.PUBLIC).decode()
        [grid], words = readback.html(page.encode(), made.folder)
        cells = {cell for row in grid.rows for cell in row}
        said = " ".join(words)
        assert bool({"0*", "100†"} & cells) == ("fewer than 0.5 %" in said), key
        for sign, note in (("–", "hidden, since"), ("NQ %", "NQ: "), ("IQR", "IQR: "), ("SD", "SD: ")):
            assert (sign in cells or sign in grid.heads) == (note in said), (key, sign)
        assert "Consensus: Consensus" not in page


def test_a_word_file_has_numbered_pages_and_one_font(made):
    document = docx.Document(io.BytesIO(made.file("text", "docx", Profile.AUTHOR)))
    assert all("PAGE" in section.footer._element.xml for section in document.sections)
    names = {document.styles[name].font.name for name in ("Normal", "Title", "Heading 1", "Caption", "Body Text 3")}
    assert names == {"Times New Roman"}


def test_figures_show_what_the_answers_say(made):
    for row in made.rows("figure-stacked"):
        values, _, _ = made.answers(made.last, row["statement"])
        downwards = range(made.scale["hi"], made.scale["lo"] - 1, -1)
        assert [row[f"k{i}"] for i in range(len(downwards))] == [values.count(v) for v in downwards]
    for row in made.rows("figure-quartiles"):
        values, _, _ = made.answers(made.last, row["statement"])
        found = [row[name] for name in ("n_rated", "q1", "median", "q3")]
        assert found == [len(values), *(float(quantile(values, p)) for p in ("1/4", "1/2", "3/4"))]
    for row in made.rows("figure-change"):
        for end in ("first", "last"):
            values, _, _ = made.answers(row[f"{end}_round"], row["statement"])
            assert same(row[f"{end}_pct"], share(sum(v in made.scale["combined"] for v in values), len(values)))
    for row in made.rows("figure-flow"):
        number = row["round"]
        assert (row["invited"], row["analysed"]) == (len(made.invited[number]), len(made.here[number]))
        assert row["complete"] == len(made.here[number] & made.submitted[number]) == row["analysed"] - row["partial"]
    assert {row["round"]: row["asked"] for row in made.rows("figure-statements")} == {
        number: len(made.asked[number]) for number in made.here
    }
    settled = sum(row["verdict"] == "in" for row in made.rows("consensus") if row["round"] == made.last)
    assert [row["in_consensus"] for row in made.rows("figure-thresholds") if row["locked"]] == [settled]


def test_the_drawings_name_every_number_of_ratings(made):
    for key in ("figure-stacked", "figure-quartiles"):
        root = ET.fromstring(made.file(key, "svg", Profile.PUBLIC))
        drawn = [
            text.text for text in root.iter("{http://www.w3.org/2000/svg}text") if (text.text or "").startswith("N ")
        ]
        public = {row["statement"]: row["n_rated"] for row in made.rows(key, Profile.PUBLIC)}
        assert drawn == [f"N {n}" for n in public.values()]
        assert list(public) == made.asked[made.last]


def test_printed_figures_give_the_printed_verdicts(made):
    record = StudyRecord(made.session, made.study, Profile.ANALYST)
    compared = 0
    for key, style in STYLES.items():
        for number in sorted(made.here):
            table = style(record, number)
            assert contradictions(table, of_round(record, number, None), record.definition) == []
            for row, said, found in read_back(record, table):
                compared += said is not None and found is not None
                assert said in (None, "too_few") or found in (None, said), (key, number, row)
    assert compared > 5
