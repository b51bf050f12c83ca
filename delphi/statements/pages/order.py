"""The order of statements as it is changed on their page: one moved, a section moved, several put into a section."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.errors import BadInput
from delphi.model.study import Study
from delphi.statements import order
from delphi.statements.forms import LONGEST_SECTION
from delphi.statements.order import Way
from delphi.web.answers import done
from delphi.web.forms import one_line, whole_number
from delphi.web.language import gettext as _
from delphi.web.language import ngettext
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("order", __name__, url_prefix="/studies/<slug>/statements/order")


@blueprint.post("/<any(up, down):way>/<int:statement>")
@policy(Capability.LEAD)
def move(study: Study, way: str, statement: int) -> Response:
    """Move one statement within its section."""
    order.move(current_session(), study, statement, Way(way), by=account().id, at=clock.now())
    return done(_("The order is saved."), "statements.index", slug=study.slug, _anchor=f"s{statement}")


@blueprint.post("/section/<any(up, down):way>/<int:statement>")
@policy(Capability.LEAD)
def move_section(study: Study, way: str, statement: int) -> Response:
    """Move the section in which a statement stands."""
    order.move_section(current_session(), study, statement, Way(way), by=account().id, at=clock.now())
    return done(_("The order is saved."), "statements.index", slug=study.slug, _anchor=f"s{statement}")


@blueprint.post("/section")
@policy(Capability.LEAD)
def put_into_section(study: Study) -> Response:
    """Put the statements that are ticked into a section."""
    numbers = {number for text in request.form.getlist("which") if (number := whole_number(text))}
    section = one_line(request.form.get("into"))
    if len(section) > LONGEST_SECTION:
        raise BadInput("The name of a section has at most 200 characters; nothing was changed.")
    n = order.put_into_section(current_session(), study, numbers, section, by=account().id, at=clock.now())
    message = ngettext("%(num)s statement was put there.", "%(num)s statements were put there.", n) % {"num": n}
    return done(message, "statements.index", slug=study.slug)
