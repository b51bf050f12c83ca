"""Every report of every kind of study in every format, and who may have it."""

import csv
import io
import json
import os
from datetime import date
from functools import partial

import docx
import openpyxl
import played
import pytest
import readers
from builders import NOW
from databases import one_engine
from sqlalchemy import select

from delphi import audit
from delphi.errors import Refused
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.event import Event
from delphi.model.panel import Panelist
from delphi.model.study import Document as Leaflet
from delphi.model.study import Study, Withdrawal
from delphi.people import acknowledgements, leaving
from delphi.protocol import method
from exports.catalogue import CATALOGUE
from exports.files import orders
from exports.files.orders import Order, exhibit_of
from exports.formats import FORMATS
from exports.record.facts import ReleasedComment
from exports.record.reader_profile import Profile
from exports.record.study_record import StudyRecord
from exports.reports import checklist, comments
from exports.tables.document import Figure, Paragraph
from rounds.participation import withdrawal

DESIGNS = {"grades": {}, "cos": played.COS, "rand": played.RAND}
MACHINES = ("table", "csv", "json")


def bytes_of(session, study, key, format_, profile=Profile.ANALYST, **more):
    stream = io.BytesIO()
    FORMATS[format_].write(exhibit_of(session, study, Order(key, format_, profile, **more)), stream)
    return stream.getvalue()


@pytest.mark.timeout(300)
def test_every_report_of_a_study_for_every_profile(session, template):
    """On both databases; test_every_study.py recounts what the reports of four studies say."""
    study = played.play(session, panelists=30, **DESIGNS["cos"])
    every = {*MACHINES, "html", "svg"} if template.name == "sqlite" else {"json", "svg"}
    for key, entry in CATALOGUE.items():
        for profile in entry.profiles:
            for format_ in every & set(entry.formats) or {"html"} & set(entry.formats):
                assert bytes_of(session, study, key, format_, profile), (key, profile, format_)


@pytest.mark.timeout(300)
def test_hostile_texts_go_through_every_report_and_format(session, template):
    study = played.play(session, panelists=12, rounds=2, **played.ODD)
    every = CATALOGUE if template.name == "sqlite" else {"consensus": CATALOGUE["consensus"]}
    for key, entry in every.items():
        for format_ in entry.formats:
            if format_ != "pdf" or os.environ.get("REQUIRE_READERS"):  # a PDF needs fonts that .ci/tools installs
                assert bytes_of(session, study, key, format_, entry.profiles[-1]), (key, format_)


@one_engine
def test_every_format_of_the_journal_table_holds_the_same_cells(session):
    study = played.play(session, panelists=30)
    rows = json.loads(bytes_of(session, study, "journal", "json"))["rows"]
    found = list(csv.DictReader(io.StringIO(bytes_of(session, study, "journal", "csv").decode(), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(bytes_of(session, study, "journal", "xlsx")))["table"]
    head, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    word = docx.Document(io.BytesIO(bytes_of(session, study, "journal", "docx"))).tables[0]
    printed = {row.cells[0].text: [cell.text for cell in row.cells] for row in word.rows}
    heads = [cell.text for cell in word.rows[0].cells]
    assert len(rows) == len(found) == len(lines) > 2
    for row, other, line in zip(rows, found, lines, strict=True):
        in_excel = dict(zip(head, line, strict=True))
        assert float(other["median"]) == row["median"] == in_excel["median"]
        assert int(other["n_rated"]) == row["n_rated"] == in_excel["n_rated"]
        on_paper = dict(zip(heads, printed[row["statement"]], strict=True))
        assert (on_paper["N"], on_paper["Grade"]) == (str(row["n_rated"]), row["grade"] or "")


@one_engine
def test_page_formats_print_the_table_that_is_made_for_pages(session):
    study = played.play(session, panelists=30)
    word = docx.Document(io.BytesIO(bytes_of(session, study, "consensus", "docx")))
    assert [cell.text for cell in word.tables[0].rows[0].cells][:3] == ["No.", "Statement", "Grade"]


def test_the_instrument_is_what_the_panel_saw_in_each_round(session):
    study = played.play(session, panelists=30)
    made = exhibit_of(session, study, Order("instrument", "html", Profile.PUBLIC))
    told = [block.text for block in made.blocks if isinstance(block, Paragraph)]
    [leaflet] = session.scalars(select(Leaflet).where(Leaflet.study_id == study.id))
    assert set(leaflet.text.split("\n\n")) | {f"• {item}" for item in leaflet.items} <= set(told)
    scale, *rounds = made.tables
    assert scale.as_dicts()[-1] == {"value": "NQ", "label": "not qualified to respond"}
    for number, table in enumerate(rounds, 1):
        rows = table.as_dicts()
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        assert [(row["statement"], row["text"]) for row in rows] == [
            (row["statement"], row["text"])
            for row in StudyRecord(session, study).rows
            if row["round"] == number and row["group"] == "all"
        ]


@one_engine
def test_the_report_of_a_study_ends_with_its_figures(session):
    study = played.play(session, panelists=30)
    made = exhibit_of(session, study, Order("text", "docx", Profile.AUTHOR))
    figures = [block for block in made.blocks if isinstance(block, Figure)]
    assert [figure.title.split(" ")[0] for figure in figures] == ["Participants", "Agreement", "Change"]
    assert len(docx.Document(io.BytesIO(bytes_of(session, study, "text", "docx", Profile.AUTHOR))).inline_shapes) == 3


@one_engine
@pytest.mark.parametrize(
    ("design", "expected"),
    [("grades", "Grade"), ("cos", "Verdict"), ("rand", "Classification")],
)
def test_a_study_is_printed_in_the_style_of_its_field(session, design, expected):
    study = played.play(session, panelists=30, rounds=1, **DESIGNS[design])
    table = exhibit_of(session, study, Order("journal", "docx", Profile.PUBLIC))
    labels = [column.label for column in table.columns]
    assert expected in labels
    assert ("patients: n" in labels) == (design == "cos")


def test_groups_that_a_round_does_not_show_are_in_no_report(session):
    study = played.play(session, panelists=9, rounds=2)  # groups of four and five
    for key in ("consensus", "groups", "participation", "sensitivity", "stability", "robustness", "attrition"):
        for profile in {Profile.PUBLIC, Profile.ANALYST} & set(CATALOGUE[key].profiles):
            rows = exhibit_of(session, study, Order(key, "csv", profile, by_group=True)).as_dicts()
            assert {row["group"] for row in rows} <= {"all"}, (key, profile)
    groups = exhibit_of(session, study, Order("journal-groups", "csv", Profile.PUBLIC)).as_dicts()
    assert all(row["n_1"] in (None, row["n_rated"]) for row in groups if "n_rated" in row)
    assert not any("patients" in str(row) for row in groups)


def test_groups_are_compared_among_those_that_are_shown(session):
    groups = (*["nurses"] * 5, *["peers"] * 5, *["carers"] * 2)  # of 36: 15, 15 and 6
    study = played.play(session, panelists=36, rounds=1, leavers=0, groups=groups, smallest_cell=7)
    rows = exhibit_of(session, study, Order("groups", "csv", Profile.ANALYST)).as_dicts()
    assert rows
    named = {row["group"] for row in rows} - {"all"}
    assert "carers" not in named
    for row in rows:
        assert (row["p_groups"] is None) == (row["group"] == "all" and len(named) < 2), row


@pytest.mark.parametrize("design", DESIGNS)
def test_counts_of_released_rounds_are_made_again_from_what_was_frozen(session, design):
    study = played.play(session, panelists=30, rounds=2, **DESIGNS[design])
    now = StudyRecord(session, study, Profile.ANALYST).analysis
    frozen = StudyRecord(session, study, Profile.PUBLIC).analysis
    for a, b in zip(now.rounds, frozen.rounds, strict=True):
        assert a.counts.groups == b.counts.groups
        assert (a.counts.ratings == b.counts.ratings).all()
        assert (a.counts.not_qualified == b.counts.not_qualified).all()
        assert (a.counts.blank == b.counts.blank).all()
        assert a.items == b.items


def test_a_second_download_is_the_same_bytes_after_somebody_left(session):
    study = played.play(session, panelists=30, rounds=2)

    def files():
        keys = [key for key, entry in CATALOGUE.items() if Profile.ANALYST in entry.profiles and key != "audit"]
        return {key: exhibit_of(session, study, Order(key, "html", Profile.ANALYST)) for key in keys}

    before = files()
    who = session.scalars(select(Panelist).where(Panelist.study_id == study.id)).first()
    forget = partial(leaving.forget, secret="s" * 32)
    withdrawal.withdraw(session, study, who, Withdrawal(study.withdrawal_choices[0]), forget=forget, at=NOW)
    after = files()
    assert [key for key in before if before[key] != after[key]] == []


def test_participation_adds_up(session):
    study = played.play(session, panelists=30)
    rows = exhibit_of(session, study, Order("participation", "csv", Profile.ANALYST)).as_dicts()
    for number in (1, 2, 3):
        whole, *parts = [row for row in rows if row["round"] == number]
        assert whole["invited"] >= whole["started"] >= whole["complete"] > 0
        for name in ("invited", "started", "partial", "complete", "analysed"):
            assert whole[name] == sum(part[name] for part in parts)
        assert whole["started"] == whole["partial"] + whole["complete"]


def test_lineage_names_every_change_once(session):
    study = played.play(session, panelists=12)
    rows = exhibit_of(session, study, Order("lineage", "csv", Profile.PUBLIC)).as_dicts()
    merged = [row for row in rows if row["kind"] == "merged"]
    assert all(len(row["from_ids"].split(";")) == 2 and row["to_ids"] == "MERGED" for row in merged)
    reworded = [row for row in rows if row["kind"] == "reworded" and row["round_after"] == 2]
    assert sorted(row["meaning_changed"] for row in reworded) == [False, True]
    assert all(row["text_before"] != row["text_after"] and row["reason"] for row in reworded)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (Order("nothing", "csv", Profile.PUBLIC), "There is no report"),
        (Order("comments", "csv", Profile.PUBLIC), "made for analyst"),
        (Order("accord", "csv", Profile.ANALYST), "made for author"),
        (Order("text", "csv", Profile.AUTHOR), "not into csv"),
        (Order("consensus", "svg", Profile.PUBLIC), "not into svg"),
        (Order("consensus", "exe", Profile.PUBLIC), "not into exe"),
        (Order("consensus", "csv", Profile.MANAGER), "not for manager"),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_can(order, message):
    with pytest.raises(Refused, match=message):
        order.check()


def test_a_manager_gets_no_answers():
    assert [key for key, entry in CATALOGUE.items() if Profile.MANAGER in entry.profiles] == [
        "participation",
        "panel-table",
        "members",
    ]


@pytest.mark.parametrize("format_", ["csv", "docx", "pdf", "xlsx", "html", "latex", "json"])
def test_exactly_those_who_asked_are_named_to_the_manager_alone(session, format_, tmp_path):
    study = played.play(session, panelists=9, rounds=1)
    for key, name in (("a" * 64, "Zoë =Quist"), ("b" * 64, "Ada Beispiel")):
        acknowledgements.name(
            session, study, Acknowledgement(study_id=study.id, key=key, name=name, certificate=False), today=NOW.date()
        )
    if format_ == "csv":
        found = csv.DictReader(io.StringIO(bytes_of(session, study, "members", "csv", Profile.MANAGER).decode()))
        assert [row["name"] for row in found] == ["Ada Beispiel", "Zoë =Quist"]
    made = bytes_of(session, study, "members", format_, Profile.MANAGER)
    text = made.decode(errors="ignore")
    if format_ == "docx":
        text = "".join(cell.text for row in docx.Document(io.BytesIO(made)).tables[0].rows for cell in row.cells)
    if format_ == "xlsx":
        text = str(
            [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(made))["table"].iter_rows()]
        )
    if format_ == "pdf":
        (tmp_path / "m.pdf").write_bytes(made)
        text = readers.run("pdftotext", tmp_path / "m.pdf", "-")
    assert "Quist" in text
    assert "Panelist" not in text
    for profile in set(Profile) - {Profile.MANAGER}:
        assert StudyRecord(session, study, profile).members == ()
        with pytest.raises(Refused, match="made for manager"):
            Order("members", "csv", profile).check()


@pytest.mark.parametrize("slug", ["care", "x" * 200])
def test_file_names_are_plain_short_and_say_test(slug):
    study = Study(slug=slug, simulated=True)
    name = Order("consensus", "xlsx", Profile.PUBLIC, round=2).file_name(study, date(2026, 1, 2))
    assert name.startswith("TEST_")
    assert name.endswith("_consensus_round-2_public_2026-01-02.xlsx")
    assert len(name) <= orders.LONGEST_NAME
    assert name.isascii()


def test_an_export_is_an_event_with_its_filter(session, tmp_path):
    study = played.play(session, panelists=12, rounds=1)
    order = Order("consensus", "csv", Profile.PUBLIC, by_group=True, round=1)
    made = orders.write(exhibit_of(session, study, order), "csv", tmp_path / "t.csv")
    orders.log(session, study, order, made, by=None, at=NOW)
    events = session.scalars(select(Event).where(Event.study_id == study.id).order_by(Event.sequence)).all()
    assert events[-1].data == {
        "report": "consensus",
        "format": "csv",
        "profile": "public",
        "by_group": True,
        "round": 1,
        "rows": made.rows,
        "sha256": made.sha256,
    }
    assert audit.first_broken(list(events)) is None


def test_comments_stand_under_their_statement_and_name_nobody(session):
    study = played.play(session, panelists=12, rounds=1)
    assert exhibit_of(session, study, Order("comments", "csv", Profile.ANALYST)).rows == ()
    given = [ReleasedComment("S2", 1, 1, "a", "edited"), ReleasedComment("S1", 1, 1, "b", "as written", "nurses")]
    record = StudyRecord(session, study, Profile.ANALYST)
    record.comments = given
    rows = comments.build(record).as_dicts()
    assert [(row["comment"], row["text_released"], row["group"]) for row in rows] == [
        ("S1-r1-1", "b", "nurses"),
        ("S2-r1-1", "a", None),
    ]


ACCORD = checklist.GUIDELINES["accord"]


def test_accord_has_its_35_items():
    fills = [item.fill for item in ACCORD.items]
    assert [fills.count(fill) for fill in ("A", "A+M", "H", "M")] == [14, 3, 12, 6]
    assert len({item.code for item in ACCORD.items}) == 35


def test_a_list_that_asks_for_an_unknown_sentence_is_refused(monkeypatch):
    monkeypatch.delitem(checklist.SENTENCES, "aim")
    with pytest.raises(ValueError, match="accord asks for sentences that nobody writes: aim"):
        checklist.read("accord")


@pytest.mark.parametrize("guideline", checklist.GUIDELINES.values(), ids=checklist.GUIDELINES)
def test_a_list_of_our_own_words_claims_no_official_wording(session, guideline):
    assert len({item.code for item in guideline.items}) == len(guideline.items)
    study = played.play(session, panelists=12, rounds=1)
    table = exhibit_of(session, study, Order(guideline.key, "csv", Profile.AUTHOR))
    assert bool(guideline.wording_verified) != ("not the official wording" in table.caption)


def test_a_study_with_every_text_leaves_only_the_authors_items_open(session):
    study = played.play(session, panelists=12, rounds=1)
    empty = exhibit_of(session, study, Order("accord", "csv", Profile.AUTHOR)).as_dicts()
    study.texts = dict.fromkeys(method.TEXTS, "Written by the lead.")
    full = exhibit_of(session, study, Order("accord", "csv", Profile.AUTHOR)).as_dicts()

    def waiting(rows):
        return {row["code"] for row in rows if row["state"] == "needs you"}

    assert waiting(full) < waiting(empty)
    assert waiting(full) == {"I3", "M7", "M8", "M16", "M19", "D1", "D2", "O1"}


PARTLY = {"T1", "M4", "M5", "M9", "M10", "M11", "M14", "M15", "R3"}  # the platform tells a part of these alone


def test_an_item_is_answered_only_by_what_answers_it(session):
    study = played.play(session, panelists=12, rounds=2)
    before = exhibit_of(session, study, Order("accord", "csv", Profile.AUTHOR)).as_dicts()
    study.texts = dict.fromkeys(method.TEXTS, "Written by the lead.")
    table = exhibit_of(session, study, Order("accord", "csv", Profile.AUTHOR))
    rows = {row["code"]: row for row in table.as_dicts()}
    assert {code for code, row in rows.items() if row["state"] == "partly"} == PARTLY
    assert all(bool(row["draft"]) == (row["state"] != "needs you") for row in rows.values())
    assert not any("[to complete" in row["draft"] for row in rows.values())
    assert table.caption.startswith("35 items: 18 answered, 9 in part, 8 need you.")
    written = {row["code"]: row["state"] for row in before}
    assert written["M12"] == "partly"  # the rule is told, and its rationale is not
    assert rows["M12"]["state"] == "answered"
