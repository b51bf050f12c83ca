"""P14: leaving the panel in two steps, choose and confirm."""

from flask import Blueprint, render_template, request, session

from delphi import clock
from delphi.model.study import Withdrawal
from delphi.web.forms import ButtonForm
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session
from rounds.participation import withdrawal

blueprint = Blueprint("withdrawal", __name__)
Page = str | tuple[str, int]


@blueprint.route("/panel/withdraw", methods=["GET", "POST"])
@policy(PANELIST)
def withdraw() -> Page:
    """Choose, then confirm; the effect is immediate."""
    study, who = panelist()
    effects = withdrawal.effects(current_session(), study, who)
    sent = ButtonForm().validate_on_submit()
    chosen = next((one for one in effects if one.choice.value == request.form.get("choice")), None)
    if sent and chosen and request.form.get("confirm") == "yes":
        return _leave(chosen.choice)
    if sent and chosen:
        return render_template("participation/withdraw_confirm.html", study=study, effect=chosen)
    page = render_template("participation/withdraw.html", study=study, effects=effects, refused=sent)
    return page, 422 if sent else 200


def _leave(choice: Withdrawal) -> Page:
    study, who = panelist()
    withdrawal.withdraw(current_session(), study, who, choice, at=clock.now())
    session.clear()
    return render_template("participation/withdrawn.html", study=study)
