"""Importing what another server wrote, or somebody forged: refused in words, or every page of it answers."""

import json
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from builders import NOW, lead_of
from bundles import resealed, run, written
from databases import one_engine
from forging import forged
from played import COS, play

from delphi.contents import languages
from delphi.database import Database
from delphi.errors import Refused
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import Decision, Lineage, Statement, StatementVersion
from delphi.model.study import Amendment, Document, StakeholderGroup, Study
from delphi.model.translation import Translation
from delphi.protocol import amendments
from delphi.translations import translations
from exports.archive import reading
from exports.bundle.facts import KEPT
from exports.bundle.importing import import_bundle

pytestmark = one_engine
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch):
    """Whoever forges a bundle draws its report and figures anew, too."""
    monkeypatch.setattr("exports.bundle.verifying.compare_for_readers", lambda _bundle: ([], []))


@pytest.fixture(scope="module")
def original(template, tmp_path_factory):
    """A bundle that another server wrote, with an amendment."""
    path = tmp_path_factory.mktemp("known") / "elsewhere.zip"
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            made = play(session, "elsewhere", **COS, panelists=30, leavers=0)
            wanted = {"minimum_n": 6, "aim": "To know."}
            later = NOW + timedelta(hours=1)
            amendments.amend(session, made, wanted, reason="Few.", by=lead_of(session, made), at=later)
            languages.choose(session, made, ["nl"], by=lead_of(session, made), at=later)
            written(session, made, path)
        database.engine.dispose()
    return path


def setting(part, kind, name, value):
    """Set one column of one row of a part."""

    def change(parts):
        rows = parts[part] if kind is None else parts[part][kind]
        rows[-1][name] = value

    return change


def of_study(name, value):
    return setting("facts", "study", name, value)


UNKNOWN = {
    "scale": (of_study("scale", "agree99"), "the scale “agree99”. Update it"),
    "rule": (of_study("rule", "by_lot"), "the consensus rule “by_lot”. Update it"),
    "setting of the rule": (of_study("rule_settings", {"moon": "full"}), "has no setting “moon”"),
    "value of a setting": (of_study("rule_settings", {"include": "lots"}), "The consensus rule of the bundle does not"),
    "time zone": (of_study("time_zone", "Moon/Tranquility"), "the time zone “Moon/Tranquility”. Update its"),
    "a zone that is a path": (of_study("time_zone", "../../etc/passwd"), "the time zone “../../etc/passwd”"),
    "language": (of_study("language", "tlh"), "in the language “tlh”. Update it"),
    "short name": (of_study("slug", "../Care"), "“../Care” is no short name of a study"),
    "short name that is long": (of_study("slug", "a" * 61), "is no short name of a study"),
    "feedback": (of_study("feedback_plan", ["horoscope"]), "the feedback “horoscope”. Update it"),
    "quantile type": (of_study("quantile_type", 10), "“10” is nothing that quantile_type of a study can be"),
    "smallest cell": (of_study("smallest_cell", 2), "“2” is nothing that smallest_cell"),
    "rounds": (of_study("maximum_rounds", 21), "“21” is nothing that maximum_rounds"),
    "yes for a number": (of_study("minimum_n", True), "“True” is nothing that minimum_n"),
    "denominator": (of_study("denominator", "everybody"), "everybody"),
    "stopping rule": (of_study("stopping_rule", {"moon": "80"}), "nothing that stopping_rule"),
    "share of stopping": (of_study("stopping_rule", {"stable_share": "1/0"}), "nothing that stopping_rule"),
    "texts": (of_study("texts", {"aim": 5}), "nothing that texts"),
    "question": (of_study("asked_characteristics", [{"label": "Age"}]), "nothing that asked_characteristics"),
    "options": (of_study("asked_characteristics", [{"key": "age", "options": 5}]), "nothing that asked_characteristics"),
    "rounds of proposals": (of_study("proposal_rounds", ["first"]), "nothing that proposal_rounds"),
    "way to leave": (of_study("withdrawal_choices", ["burn"]), "nothing that withdrawal_choices"),
    "end of consensus": (of_study("settled", "perhaps"), "“perhaps” cannot be settled of study"),
    "group for all": (setting("facts", "groups", "key", "all"), "“all” is nothing that groups"),
    "target": (setting("facts", "groups", "target", 10**9), "nothing that target"),
    "change of an amendment": (setting("amendments", None, "changes", {"moon": [1, 2]}), "“moon: [1, 2]” is nothing"),
    "half a change": (setting("amendments", None, "changes", {"aim": ["x"]}), "nothing that changes"),
    "scale before a change": (setting("amendments", None, "changes", {"scale": ["x9", "grade9"]}), "scale “x9”"),
    "event": (setting("events", None, "kind", "moon:rose"), "the event “moon:rose”. Update it"),
    "round of an event": (lambda parts: parts["events"][0].update(data={"round": [1]}), "nothing that events"),
    "moment of an event": (setting("events", None, "at", "0001-01-01T00:00:00+00:00"), "nothing that events"),
    "who did it": (setting("events", None, "actor", "ada"), "“ada” is nothing that events"),
    "kind of statement": (setting("statements", "statements", "kind", "riddle"), "“riddle” cannot be kind of statement"),
    "long code": (setting("statements", "statements", "code", "C" * 121), "cannot be code of statement"),
    "a year before all zones": (
        setting("facts", "rounds", "opened_at", "0001-01-01T00:00:00+00:00"),
        "“0001-01-01T00:00:00+00:00” cannot be opened_at of round",
    ),
    "a number too large": (setting("documents", None, "version", 2**40), "cannot be version of document"),
}  # fmt: skip


def imported(session, path, owner=None):
    with reading(path) as bundle:
        return import_bundle(session, bundle, owner=owner, at=NOW)


def test_a_forged_bundle_that_means_no_harm_is_imported(session, original, tmp_path):
    path = forged(original, tmp_path / "forged.zip", of_study("title", "Another"), of_study("slug", "free"))
    assert imported(session, path).title == "Another"


def test_a_bundle_with_a_choice_that_has_ended_is_imported(session, original, tmp_path):
    path = forged(original, tmp_path / "forged.zip", of_study("withdrawal_choices", ["remove_unreleased"]))
    assert imported(session, path).withdrawal_choices == ["remove_unreleased"]


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_this_server_does_not_know_is_refused_by_name(session, original, tmp_path, what):
    change, words = UNKNOWN[what]
    with pytest.raises(Refused) as refusal, session.begin_nested():
        imported(session, forged(original, tmp_path / "forged.zip", change))
    assert words in str(refusal.value)
    assert "Nothing was imported." in str(refusal.value)


@pytest.mark.parametrize("what", ["scale", "rule", "time zone", "language", "short name", "feedback", "event", "texts"])
def test_each_refusal_is_said_in_dutch(session, original, tmp_path, what):
    with pytest.raises(Refused) as refusal:
        imported(session, forged(original, tmp_path / "forged.zip", UNKNOWN[what][0]))
    said = translations("nl").gettext(refusal.value.message) % refusal.value.values
    assert "Er is niets geïmporteerd." in said


def test_the_command_says_what_is_unknown(template, original, tmp_path):
    path = forged(original, tmp_path / "forged.zip", UNKNOWN["scale"][0])
    with template.lend() as place:
        assert "does not know the scale “agree99”" in run("import", path, url=place.url, code=1).output
    assert "this version does not know the method: there is no scale 'agree99'" in run("verify", path, code=1).output


ROWS = {
    Study: ("facts", "study"),
    StakeholderGroup: ("facts", "groups"),
    Round: ("facts", "rounds"),
    Document: ("documents", None),
    Translation: ("translations", None),
    Amendment: ("amendments", None),
    Statement: ("statements", "statements"),
    StatementVersion: ("statements", "versions"),
    QuestionnaireItem: ("statements", "questionnaires"),
    Lineage: ("statements", "lineage"),
    Decision: ("statements", "decisions"),
}
HOSTILE = (
    None, True, 0, -1, 7, 2**31 - 1, 2**40, 1.5, "", "x", "a" * 400, "\x00", "<b>%(n)s{{1}}", "=1+1", "\u202e🙂",
    [], [1], ["x"], [None], {}, {"x": "y"}, {"x": [1]}, "9999-12-31T23:59:59+00:00", "2026-01-01", "2199-12-31T23:00:00+00:00",
)  # fmt: skip


@pytest.fixture
def walk(app, ada):
    """Every page of a study as its owner sees it; the answer is those that fail."""
    rules = [
        rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/studies/<slug>") and "GET" in rule.methods
    ]
    values = {"statement": 1, "format": "csv", "suffix": "csv", "paper": "html", "member": 1}
    rules = [rule for rule in rules if rule.arguments <= values.keys() | {"slug", "number"}]
    assert len(rules) > 20

    def failing(slug):
        build = app.url_map.bind("delphi.example.org").build
        known = [values | {"slug": slug, "number": number} for number in (1, 3)]
        paths = {
            build(rule.endpoint, {name: these[name] for name in rule.arguments}) for rule in rules for these in known
        }
        answers = {path: ada.get(path).status_code for path in ["/studies", *paths]}
        assert answers[f"/studies/{slug}"] == 200
        return [path for path, code in answers.items() if code >= 500]

    return failing


def admitted(app, owner, path):
    """Import a file; the answer is the slug, or nothing if it was refused in words."""
    try:
        with app.extensions["database"].transaction() as session:
            return imported(session, path, owner=owner).slug
    except Refused:
        return None


EACH = 3


def cases(kind, each):
    """Columns of a table with hostile values, the same draw every time; ``each`` column gets so many."""
    draw = Random(kind.__tablename__)
    for name in KEPT[kind].split():
        for value in draw.sample(HOSTILE, each):
            yield name, value


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.__tablename__)
def test_whatever_stands_in_a_row_no_page_fails(app, pages, walk, original, tmp_path, kind):
    failed = {}
    for name, value in cases(kind, EACH):
        rename = of_study("slug", f"elsewhere-{next(NUMBERS)}")
        path = forged(original, tmp_path / "forged.zip", rename, setting(*ROWS[kind], name, value))
        slug = admitted(app, pages.ada.id, path)
        if slug and (found := walk(slug)):
            failed[name, repr(value)[:40]] = found
    assert failed == {}


@pytest.fixture(scope="module")
def partly(template, tmp_path_factory):
    """A bundle of which not all can be proven: who moved stands there in bands."""
    path = tmp_path_factory.mktemp("partly") / "partly.zip"
    few = {"groups": ("patients",) * 5 + ("nurses",) * 5 + ("doctors",), "panelists": 55, "absent": ("doctors",)}
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            written(session, play(session, "partly", **COS | few), path)
        database.engine.dispose()
    return path


@pytest.mark.parametrize("value", ["perhaps", "", -1, 10**12, 1.5])
def test_whatever_an_unproven_cell_holds_no_page_fails(app, pages, walk, partly, tmp_path, value):
    def act(data):
        stored = json.loads(data)
        for entry in stored["rows"]:
            for name in entry["not_recomputable"].keys() - {"verdict", "stable"}:  # closed vocabularies are refused
                number = isinstance(entry["row"][name], int | float) and not isinstance(value, bool | str)
                if number or isinstance(value, type(entry["row"][name])):
                    entry["row"][name] = value
        return json.dumps(stored).encode()

    path = tmp_path / "partly.zip"
    path.write_bytes(partly.read_bytes())
    for number in (1, 2, 3):
        path = resealed(path, f"results/release-{number}.json", act).rename(tmp_path / f"{number}.zip")
    slug = admitted(app, pages.ada.id, path)
    assert slug is None or walk(slug) == []
