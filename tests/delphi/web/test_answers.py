"""How views answer: on to a page with a message, a form that came back, a page of a long list."""

import pytest
from flask import Flask, get_flashed_messages
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from delphi.web import answers


@pytest.fixture
def bare():
    """An application with one page and no database."""
    app = Flask("bare")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    app.add_url_rule("/studies/<slug>", "overview.show", lambda slug: slug)
    return app


def test_a_decision_leads_on_with_its_message(bare):
    with bare.test_request_context():
        answer = answers.done("Saved.", "overview.show", slug="care")
        assert (answer.status_code, answer.location) == (303, "/studies/care")
        assert get_flashed_messages() == ["Saved."]


@pytest.mark.parametrize(
    ("query", "total", "page", "pages", "shown"),
    [
        ("", 0, 1, 1, []),
        ("", 3, 1, 1, [0, 1, 2]),
        ("page=2", 3, 1, 1, [0, 1, 2]),
        ("page=2", 4, 2, 2, [3]),
        ("page=0", 7, 1, 3, [0, 1, 2]),
        ("page=-1", 7, 1, 3, [0, 1, 2]),
        ("page=9", 7, 3, 3, [6]),
        ("page=two", 7, 1, 3, [0, 1, 2]),
    ],
)
def test_an_address_asks_for_a_page_of_a_list(bare, query, total, page, pages, shown):
    with bare.test_request_context(f"/?{query}"):
        part = answers.paged(total, 3)
    assert (part.page, part.pages, part.of(range(total))) == (
        page,
        pages,
        range(shown[0], shown[-1] + 1) if shown else range(0),
    )


class NameForm(FlaskForm):
    """One field that must be filled."""

    name = StringField(validators=[DataRequired()])


@pytest.mark.parametrize(
    ("sent", "note", "status"), [({"name": "Zoë"}, "", 200), ({}, "", 422), ({"name": "Zoë"}, "no", 422)]
)
def test_a_form_with_mistakes_is_answered_as_such(bare, monkeypatch, sent, note, status):
    monkeypatch.setattr(answers, "render_template", lambda name, form, **facts: f"{name} {form.name.data} {facts}")
    with bare.test_request_context(method="POST", data=sent):
        form = NameForm()
        form.validate()
        form.form_errors += [note] if note else []
        page = answers.form_page("name.html", form, study="care")
    assert page == (f"name.html {sent.get('name')} {{'study': 'care'}}", status)
