"""Files in a chosen language of the study, from the page, from the worker and from the command."""

import io
import zipfile

import docx
import pytest
from browsing import SECRET
from builders import NOW
from bundles import run
from sqlalchemy import select

from delphi import clock
from delphi.contents import items, languages, translating
from delphi.contents.reading import Wording
from delphi.model.event import Event
from delphi.model.study import Study
from exports.files.worker import Exporter

FILES = "/studies/care/exports"
CHOICE = "Language of the statements"


@pytest.fixture
def dutch(app, public):
    """Ada's study with each piece but the second statement in Dutch, too."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, public.study.id)
        languages.choose(session, study, ["nl"], by=public.ada.id, at=NOW)
        own = {one.item: Wording(f"NL {one.source}", one.source) for one in items.items_of(session, study)}
        own = {item: said for item, said in own.items() if not item.startswith("statement.2.")}
        translating.write(session, study, "nl", own, by=public.ada.id, at=NOW)
    return study


def take(ada, report="consensus", format_="csv", profile="analyst", language="nl"):
    return ada.send(FILES, {"report": report, "format": format_, "profile": profile, "language": language})


def test_a_study_in_one_language_offers_no_choice(public, ada):
    page = ada.get(FILES).text
    assert CHOICE not in page
    assert 'name="language"' not in page.split("<main", 1)[1].split("</main", 1)[0]


def test_the_language_that_is_chosen_goes_with_each_file(app, dutch, ada):
    assert CHOICE in ada.get(FILES).text
    chosen = ada.get(f"{FILES}?language=nl&profile=analyst").text
    assert '<option value="nl" lang="nl" selected>Nederlands</option>' in chosen
    assert chosen.count('<input type="hidden" name="language" value="nl">') == 1 + chosen.count(
        'name="report"'
    )  # and the style
    assert '<html lang="en"' in chosen
    assert "profile=public&amp;language=nl" in chosen
    answer = take(ada)
    assert "_analyst_nl_" in answer.headers["Content-Disposition"]
    assert "NL Service 1 is needed." in answer.text
    assert "NL Service" not in take(ada, language="").text
    with app.extensions["database"].transaction(writing=False) as session:
        events = session.scalars(select(Event).where(Event.kind == "export:made").order_by(Event.sequence))
        assert [event.data.get("language") for event in events] == ["nl", None]


def test_an_ordered_file_keeps_its_language(app, dutch, ada):
    page = take(ada, "paper", "zip", "author").location
    assert Exporter(app.extensions["database"], SECRET).make_next(at=clock.now())
    with zipfile.ZipFile(io.BytesIO(ada.send(page, {}).data)) as archive:
        table = docx.Document(io.BytesIO(archive.read("journal.docx"))).tables[0]
    assert "NL Service 1 is needed." in {cell.text for row in table.rows for cell in row.cells}


@pytest.mark.parametrize(
    ("report", "format_", "language"),
    [("consensus", "csv", "fr"), ("agreement", "csv", "fr"), ("bundle", "zip", "nl"), ("ratings", "csv", "nl")],
)
def test_what_is_in_no_such_language_is_refused(dutch, ada, report, format_, language):
    answer = take(ada, report, format_, language=language)
    assert answer.status_code in (409, 422)
    assert "Nothing was written" in answer.text or "nothing was written" in answer.text


def test_the_command_prints_in_a_language(app, dutch):
    url = app.extensions["database"].engine.url.render_as_string(hide_password=False)
    assert "NL Service 1 is needed." in run("export", "care", "--language", "nl", url=url).stdout
    journal = run("export", "care", "--format", "journal", "--language", "nl", url=url).stdout
    assert "NL Service 1" in journal
    assert "Not translated into Dutch, so worded as in the source: statements STMT1.2." in " ".join(journal.split())
    assert "NL" not in run("export", "care", "--format", "journal", url=url).stdout
    refused = run("export", "care", "--language", "fr", url=url, code=1)
    assert "it has them in en, nl" in refused.output
