"""P14: leaving the panel in two steps, choose and confirm."""

from flask import Blueprint, current_app, render_template, request, session

from delphi import clock, handed_links
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web import device
from delphi.web.forms import ButtonForm
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session
from rounds.participation import withdrawal
from rounds.participation.withdrawal import Effect

blueprint = Blueprint("withdrawal", __name__)
Page = str | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/panel/withdraw", methods=["GET", "POST"])
@policy(PANELIST)
def withdraw(study: Study, panelist: Panelist) -> Page:
    """Choose, then confirm; the effect is immediate."""
    withheld = handed_links.withheld_rounds(current_session())
    effects = withdrawal.effects(current_session(), study, panelist)
    sent = ButtonForm().validate_on_submit()
    chosen = next((effect for effect in effects if effect.choice.value == request.form.get("choice")), None)
    if sent and chosen and request.form.get("confirm") == "yes":
        return _leave(study, panelist, chosen, withheld=bool(withheld))
    if sent and chosen:
        return render_template("participation/withdraw_confirm.html", study=study, effect=chosen, withheld=withheld)
    facts = {"effects": effects, "refused": sent, "withheld": withheld}
    page = render_template("participation/withdraw.html", study=study, **facts)
    return page, 422 if sent else 200


def _leave(study: Study, panelist: Panelist, effect: Effect, *, withheld: bool) -> Page:
    forget = current_app.extensions["forget"]
    withdrawal.withdraw(current_session(), study, panelist, effect.choice, forget=forget, at=clock.now())
    session.clear()
    page = render_template("participation/withdrawn.html", study=study, effect=effect, withheld=withheld)
    return page, 200, device.forget_headers()
