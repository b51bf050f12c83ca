"""Pages of the moderation desk: every comment of a closed round, without author, before the panel sees it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.contents import voices
from delphi.contents.reading import languages_of
from delphi.model.rating import Moderation
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.statements.questionnaire import asked
from delphi.web.answers import paged
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import offered
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.moderation import hints, rulings
from rounds.moderation.forms import read_rulings
from rounds.moderation.rulings import Ruling
from rounds.seal.texts import WrittenComment

blueprint = Blueprint("moderation", __name__, url_prefix="/studies/<slug>/rounds/<int:number>/comments")
PAGE = 50


@blueprint.get("")
@policy(Capability.MODERATE)
def show(study: Study, round_: Round) -> str:
    """Show the queue, or what of it is undecided, a page at a time."""
    return render_template("moderation/comments.html", **_facts(study, round_), reading=None)


def _facts(study: Study, round_: Round) -> dict[str, object]:
    session = current_session()
    everything = rulings.queue(session, round_)
    waiting = request.args.get("show") == "waiting"
    listed = [comment for comment in everything if comment.moderation is None or not waiting]
    part = paged(len(listed), PAGE)
    codes = {statement: row.code for statement, row in asked(session, study.id, round_.number).items()}
    order = list(codes)
    listed.sort(key=lambda comment: order.index(comment.statement))
    return {
        "study": study,
        "round": round_,
        "form": ButtonForm(),
        "comments": [(comment, hints.parts(comment.text)) for comment in part.of(listed)],
        "total": len(everything),
        "left": sum(comment.moderation is None for comment in everything),
        "waiting": waiting,
        "page": part.page,
        "pages": part.pages,
        "codes": codes,
        "tags": rulings.TAGS,
        "spoken": {code: offered().get(code, code) for code in languages_of(study)},
        "translations": voices.translations_of(session, study),
        "item_of": voices.item_of,
        "is_unread": rulings.is_unread,
        "named": offered(),
        "open": round_.state is State.CLOSED,
    }


@blueprint.post("")
@policy(Capability.MODERATE)
def decide(study: Study, round_: Round) -> Response:
    """Show, edit or hold the comments of the page, or show at once all that are undecided and bear no hint."""
    session = current_session()
    undecided = [comment for comment in rulings.queue(session, round_) if comment.moderation is None]
    if request.form.get("all") == "release":
        plain = [one for one in undecided if not hints.traces(one.text) and not rulings.is_unread(study, one)]
        chosen = {comment.ticket: _as_written(comment) for comment in plain}
    else:
        chosen = read_rulings(request.form, rulings.queue(session, round_))
    n = rulings.decide(session, round_, chosen, by=account().id, at=clock.now())
    flash(_("%(n)s comments were decided.") % {"n": n})
    show, page = request.args.get("show"), request.args.get("page")
    return redirect(url_for("moderation.show", slug=study.slug, number=round_.number, show=show, page=page), 303)


def _as_written(comment: WrittenComment) -> Ruling:
    return Ruling(Moderation.RELEASED, tags=tuple(comment.tags))


@blueprint.post("/<uuid:ticket>/original")
@policy(Capability.MODERATE)
def original(study: Study, round_: Round, ticket: UUID) -> str:
    """Show a comment as it was written; that it was read is kept."""
    comment = rulings.original(current_session(), round_, ticket, by=account().id, at=clock.now())
    return render_template("moderation/comments.html", **_facts(study, round_), reading=comment)
