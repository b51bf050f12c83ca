"""The page of anonymity: could it harm a panelist to be known, what follows, what it costs, which groups will vanish."""

from typing import Any

from flask import Blueprint, request

from delphi import clock
from delphi.access import Capability
from delphi.model.study import CAREFUL, ORDINARY, STRICT, Harm, Study
from delphi.protocol import anonymity, labels
from delphi.protocol.forms import AnonymityForm
from delphi.web.answers import Page, done, form_page
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("anonymity", __name__)


@blueprint.route("/studies/<slug>/anonymity", methods=["GET", "POST"])
@policy(Capability.LEAD)
def show(study: Study) -> Page:
    """Ask, propose, and take the choice; the other button only tells which groups would vanish."""
    session, harm = current_session(), _answered(study)
    form = AnonymityForm.of(study, harm)
    if "show" not in request.form and form.validate_on_submit():
        anonymity.choose(session, study, form.wanted(), by=account().id, at=clock.now())
        return done(_("The level of anonymity is saved."), "anonymity.show", slug=study.slug)
    return form_page("protocol/anonymity.html", form, study=study, harm=harm, **_facts(study, form))


def _answered(study: Study) -> Harm | None:
    """What the page was told about harm, or what is saved."""
    word = request.values.get("harm", "")
    return Harm(word) if word in set(Harm) and not study.protocol_locked_at else study.harm


def _facts(study: Study, form: AnonymityForm) -> dict[str, Any]:
    """Which groups will probably vanish under the terms that the page shows, and how everything is called."""
    session, k, caution = current_session(), form.smallest_cell.data or 0, form.caution.data or 0
    works = k >= anonymity.FEWEST and caution in (ORDINARY, CAREFUL, STRICT)
    return {
        "vanishing": anonymity.vanishing(session, study, k=k, caution=caution) if works else [],
        "planned": anonymity.planned(session, study),
        "harms": harm_words(),
        "levels": labels.level_labels(),
        "cautions": caution_words(),
        "k": k if works else study.smallest_cell,
        "locked": study.protocol_locked_at is not None,
    }


def harm_words() -> dict[Harm, str]:
    """Name the answers to the first question."""
    return {Harm.YES: _("yes"), Harm.NO: _("no"), Harm.UNKNOWN: _("I do not know")}


def caution_words() -> dict[int, tuple[str, str]]:
    """Name how careful a group is shown again after a few left or joined, and what it costs."""
    return {
        ORDINARY: (_("ordinary"), _("costs least; who leaves a small group can sometimes be guessed")),
        CAREFUL: (_("careful"), _("groups need some more than twice the smallest number to stay in sight")),
        STRICT: (_("strict"), _("groups need some more than three times the smallest number to stay in sight")),
    }
