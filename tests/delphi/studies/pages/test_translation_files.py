"""A language leaves as a file and comes back: each row is taken, stands already, or is left out with its reason."""

import io

import pytest
from builders import open_to_all
from sqlalchemy import select

from delphi.contents import languages
from delphi.contents.exchange import comparing, formats
from delphi.contents.exchange.comparing import Fate
from delphi.contents.exchange.formats import FORMATS
from delphi.contents.exchange.rows import ReturnedFile, ReturnedRow
from delphi.model.account import Account
from delphi.model.event import Event, EventKind
from delphi.model.statement import StatementVersion
from delphi.model.study import Membership, Role, Study
from delphi.model.translation import Translation

DUTCH = "/studies/care/languages/nl"
ITEM, SOURCE = "statement.1.1.text", "Service 1 is needed."


@pytest.fixture
def chosen(app, ada):
    with app.extensions["database"].transaction() as session:
        study = session.scalars(select(Study).filter_by(slug="care")).one()
        languages.choose(session, study, ["nl", "de"], by=1, at=study.created_at)
    return ada


def stored(app, item=ITEM):
    with app.extensions["database"].transaction(writing=False) as session:
        query = select(Translation.text, Translation.source).filter_by(item=item, language="nl")
        return session.execute(query).first()


def correct(app):
    with app.extensions["database"].transaction() as session:
        session.scalars(select(StatementVersion).filter_by(statement=1, study_id=1)).one().text = "Service 1 is wanted."


def table(*rows):
    lines = ["item,source (en),translation (nl)", *(",".join(row) for row in rows)]
    return "\n".join(lines).encode()


def sent(browser, data, path=DUTCH):
    return browser.send(f"{path}/file", {"file": (io.BytesIO(data), "back.csv")})


def imported(browser, data, path=DUTCH):
    assert sent(browser, data, path).status_code == 200
    return browser.send(f"{path}/file/take", {"data": data.decode()})


def fate_of(app, *rows, language=""):
    with app.extensions["database"].transaction(writing=False) as session:
        study = session.scalars(select(Study).filter_by(slug="care")).one()
        found = comparing.compare(
            session, study, "nl", ReturnedFile(language, [ReturnedRow("2", *row) for row in rows])
        )
    return [(row.fate, row.why) for row in found.rows]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_language_leaves_as_a_file_that_changes_nothing(app, chosen, kind):
    answer = chosen.get(f"{DUTCH}/file/{kind}")
    assert answer.status_code == 200
    found = formats.read(answer.data)
    assert SOURCE in {row.source for row in found.rows}
    assert sent(chosen, answer.data).status_code == 200
    fates = {fate for fate, _why in fate_of(app, *(row[1:] for row in found.rows))}
    assert fates <= {Fate.SAME, Fate.LEFT_OUT}


def test_what_comes_back_is_shown_and_then_taken(app, chosen):
    data = table((ITEM, SOURCE, "Dienst 1 is nodig."))
    page = " ".join(sent(chosen, data).text.split())
    assert "1 new, 0 changed, 0 stay as they are, 0 left out" in page
    assert stored(app) is None
    assert imported(chosen, data).status_code == 303
    assert stored(app) == ("Dienst 1 is nodig.", SOURCE)
    with app.extensions["database"].transaction(writing=False) as session:
        newest = session.scalars(select(Event).order_by(Event.sequence.desc())).first()
        assert (newest.kind, newest.data["language"]) == (EventKind.TEXTS_TRANSLATED, "nl")


def test_a_text_whose_source_moved_is_taken_and_stale(app, chosen):
    correct(app)
    data = table((ITEM, SOURCE, "Dienst 1 is nodig."))
    assert "the source says something else by now" in sent(chosen, data).text
    imported(chosen, data)
    assert stored(app) == ("Dienst 1 is nodig.", SOURCE)
    assert "of an earlier wording" in chosen.get(DUTCH).text


def test_each_row_that_is_left_out_says_why(app, chosen):
    imported(chosen, table((ITEM, SOURCE, "Dienst 1 is nodig.")))
    assert fate_of(app, ("statement.99.1.text", "x", "y")) == [(Fate.LEFT_OUT, comparing.UNKNOWN)]
    assert fate_of(app, (ITEM, SOURCE, " ")) == [(Fate.LEFT_OUT, comparing.EMPTY)]
    assert fate_of(app, (ITEM, SOURCE, "Anders.", True)) == [(Fate.LEFT_OUT, comparing.UNFINISHED)]
    assert fate_of(app, (ITEM, "Older.", "Anders.")) == [(Fate.LEFT_OUT, comparing.NEWER)]
    assert fate_of(app, (ITEM, SOURCE, "A."), (ITEM, SOURCE, "B.")) == [(Fate.LEFT_OUT, comparing.TWICE)] * 2
    assert fate_of(app, (ITEM, SOURCE, "Anders.")) == [(Fate.CHANGED, "")]
    assert fate_of(app, (ITEM, SOURCE, "Dienst 1 is nodig.")) == [(Fate.SAME, "")]
    page = sent(chosen, table(("no.such", "x", "y"))).text
    assert comparing.UNKNOWN in page
    assert "Import the translations" not in page


def test_an_unchanged_stale_text_is_confirmed_only_where_the_file_says_so(app, chosen):
    imported(chosen, table((ITEM, SOURCE, "Dienst 1 is nodig.")))
    correct(app)
    back = (ITEM, "Service 1 is wanted.", "Dienst 1 is nodig.", False)
    assert fate_of(app, (*back, False)) == [(Fate.SAME, "")]
    assert fate_of(app, (*back, True)) == [(Fate.CHANGED, "")]


def test_what_the_panel_was_shown_stays(app, ada):
    with app.extensions["database"].transaction() as session:
        study = session.scalars(select(Study).filter_by(slug="care")).one()
        open_to_all(session, study, 1)
        languages.choose(session, study, ["nl"], by=1, at=study.created_at)
    imported(ada, table((ITEM, SOURCE, "Dienst 1 is nodig.")))
    assert stored(app) == ("Dienst 1 is nodig.", SOURCE)
    assert fate_of(app, (ITEM, SOURCE, "Anders.")) == [(Fate.LEFT_OUT, comparing.SHOWN)]


def test_a_file_of_another_language_or_none_is_refused(chosen):
    german = table((ITEM, SOURCE, "Dienst 1.")).replace(b"(nl)", b"(de)")
    assert "Nothing was imported" in sent(chosen, german).text
    assert sent(chosen, german).status_code == 409
    assert sent(chosen, b"a,b\n1,2\n").status_code == 409
    assert chosen.send(f"{DUTCH}/file").status_code == 409
    assert chosen.get(f"{DUTCH}/file/pdf").status_code == 404
    assert chosen.get("/studies/care/languages/fr/file/csv").status_code == 409


def test_how_a_translation_was_checked_is_kept(app, chosen):
    assert chosen.send(f"{DUTCH}/check", {"note": "Back-translated by Eva."}).status_code == 303
    assert "Back-translated by Eva." in chosen.get(DUTCH).text
    assert "Back-translated by Eva." in chosen.get("/studies/care/protocol").text
    chosen.send(f"{DUTCH}/check", {"note": ""})
    assert "Back-translated" not in chosen.get("/studies/care/protocol").text


def test_a_translator_sees_the_texts_of_one_language_and_nothing_else(app, chosen):
    with app.extensions["database"].transaction(writing=False) as session:
        tess = session.scalars(select(Account).where(Account.email.like("tess%"))).one()
        session.expunge_all()
    browser = app.test_client().sign_in(tess)
    listed = browser.get("/studies").text
    assert f'href="{DUTCH}"' in listed
    assert 'href="/studies/care"' not in listed
    page = browser.get(DUTCH).text
    for elsewhere in ("/studies/care", "/studies/care/protocol", "/studies/care/results", "/studies/care/languages"):
        assert f'href="{elsewhere}"' not in page
        assert browser.get(elsewhere).status_code == 404
    assert imported(browser, table((ITEM, SOURCE, "Dienst 1 is nodig."))).status_code == 303
    assert stored(app) == ("Dienst 1 is nodig.", SOURCE)
    for path in ("/studies/care/languages/de", "/studies/care/languages/de/file/csv"):
        assert browser.get(path).status_code == 404
    assert browser.send("/studies/care/languages/de/check", {"note": "x"}).status_code == 404


def test_an_owner_makes_somebody_a_translator_of_a_language(app, chosen):
    page = chosen.get("/studies/care/team").text
    assert '<option value="translator:de"' in page
    invite = {"email": "otto@example.org", "role": "translator:de"}
    assert chosen.send("/studies/care/team", invite).status_code == 303
    with app.extensions["database"].transaction(writing=False) as session:
        otto = select(Membership).join(Account, Account.id == Membership.account)
        member = session.scalars(otto.where(Account.email == "otto@example.org")).one()
        assert (member.role, member.language) == (Role.TRANSLATOR, "de")
    for role in ("translator", "translator:fr", "viewer:nl"):
        assert chosen.send("/studies/care/team", invite | {"role": role}).status_code == 409
