"""The language of a person: by a file, on their page, on the roster; and mail that came back, beside the address."""

import pytest
from builders import NOW
from persons import change, delivered, filled, kinds, stored, who
from sqlalchemy import select, update
from uploads import PANEL, fields_of, preview

from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people import roster_files

FILE = "name,email,Taal\nAda,ada@x.org,Duits\nBen,ben@x.org,nl-NL\nCy,cy@x.org,\n"


@pytest.fixture
def spoken(app, pages):
    change(app, update(Study).where(Study.id == 1).values(languages=["nl", "de"]))


def language(app, name):
    known = select(Panelist.language).join(Identity, Identity.panelist == Panelist.id)
    return stored(app, known.where(Identity.name == name, Identity.study_id == 1))[0][0]


def test_a_file_says_the_language_by_name_or_code(app, ada, spoken):
    page = preview(ada, PANEL, FILE)
    assert page.status_code == 200
    assert ada.send(f"{PANEL}/import", fields_of(page)).status_code == 303
    assert [language(app, name) for name in ("Ada", "Ben", "Cy")] == ["de", "nl", None]
    assert "Deutsch" in ada.get(f"{PANEL}?search=ada").text
    with app.extensions["database"].transaction(writing=False) as session:
        head, rows = roster_files.as_rows(session, session.get_one(Study, 1))
    assert head[:4] == ["name", "email", "group", "language"]
    again = preview(ada, PANEL, "\n".join(",".join(row) for row in [head, *rows]))
    assert "The file changes nothing" in again.text


def test_a_language_that_is_none_of_ours_is_named(ada, spoken):
    page = preview(ada, PANEL, "name,email,language\nAda,ada@x.org,Klingon\nBen,ben@x.org,en\n")
    assert (page.status_code, "is no language of this installation" in page.text) == (422, True)
    kept = ada.send(PANEL, fields_of(page) | {"column-2": "keep"})
    assert (kept.status_code, "2 new" in kept.text) == (200, True)


def test_the_language_is_corrected_on_the_page_of_the_person(app, ada, opened, spoken):
    at = f"{PANEL}/{stored(app, select(Panelist.page_code).where(Panelist.id == who(app)))[0][0]}"
    assert ada.send(at, filled(ada, at) | {"language": "nl"}).status_code == 303
    assert language(app, "Panelist 1") == "nl"
    assert kinds(app).count("panelist:corrected") == 1
    assert ada.send(at, filled(ada, at) | {"language": "xx"}).status_code == 409
    assert language(app, "Panelist 1") == "nl"


def test_a_study_in_one_language_keeps_what_was_chosen(app, ada, opened):
    change(app, update(Panelist).where(Panelist.id == who(app)).values(language="nl"))
    at = f"{PANEL}/{stored(app, select(Panelist.page_code).where(Panelist.id == who(app)))[0][0]}"
    sent = filled(ada, at) | {"language": "nl", "note": "Called."}
    assert 'name="language" value="nl"' in ada.get(at).text
    ada.send(at, sent)
    assert language(app, "Panelist 1") == "nl"


def test_mail_that_came_back_stands_beside_the_address_with_its_reason(app, ada, opened):
    delivered(app)
    came_back = {"bounced_on": NOW.date(), "bounce": "550 no such <user>"}
    change(app, update(Identity).where(Identity.panelist == who(app)).values(**came_back))
    page = ada.get(PANEL).text
    assert page.count("takes no mail since") == page.count("refused by the mail server<") == 1
    assert "550 no such &lt;user&gt;" in page
    assert 'data-standing="returned"' in ada.get(f"{PANEL}?standing=returned").text
