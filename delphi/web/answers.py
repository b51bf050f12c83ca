"""How a view answers: with the page after a decision, with a form that is shown again, or with a page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

Page = Response | str | tuple[str, int]
T = TypeVar("T")


def done(message: str, endpoint: str, **values: Any) -> Response:
    """Lead on to a page after a decision, with a message that is shown there once."""
    flash(message)
    return redirect(url_for(endpoint, **values), 303)


def own_path(text: str) -> str:
    """An address that a browser brought, if it is a path of ours; else nothing."""
    own = text.startswith(f"{request.script_root}/") and not text.startswith(("//", "/\\"))
    return text if own else ""


def form_page(template: str, form: FlaskForm, **facts: Any) -> tuple[str, int]:
    """Show a page with a form; one that came back with mistakes is answered with 422."""
    return render_template(template, form=form, **facts), 422 if form.errors else 200


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked once more before something that cannot be undone: its object, its effect in numbers, and the ways on.

    ``typed`` is a field that is filled in on the same page; what was refused can be mended there.
    """

    title: str
    button: str
    action: str
    back: str
    effects: Sequence[str]
    numbers: Sequence[tuple[str, object]] = ()
    fields: Sequence[tuple[str, str]] = ()
    refused: Sequence[str] = ()
    typed: "Typed | None" = None


@dataclass(frozen=True, slots=True)
class Typed:
    """The field of a question, with what was typed so far."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    type: str = "text"


def asked(question: Question, **facts: Any) -> tuple[str, int]:
    """Ask once more; what was refused is said on the same page with 409."""
    return render_template("web/sure.html", question=question, **facts), 409 if question.refused else 200


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list that is too long for one."""

    page: int
    pages: int
    size: int

    @property
    def offset(self) -> int:
        """How many entries stand on the pages before."""
        return (self.page - 1) * self.size

    def of(self, entries: Sequence[T]) -> Sequence[T]:
        """The entries of this page."""
        return entries[self.offset : self.offset + self.size]


def paged(total: int, size: int) -> ListPage:
    """Find the page of a list that the address asks for; beyond the last there is none."""
    pages = max(1, (total + size - 1) // size)
    return ListPage(min(max(request.args.get("page", 1, type=int), 1), pages), pages, size)
