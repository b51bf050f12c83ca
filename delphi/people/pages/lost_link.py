"""P15: the link of an address is sent again, and nobody learns whose address it is."""

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.people import lost_links
from delphi.people.forms import LostLinkForm
from delphi.web import throttle
from delphi.web.policy import OPEN, policy
from delphi.web.transaction import apart, current_session

blueprint = Blueprint("lost_link", __name__)
A_DAY, AN_HOUR = 3, 20  # of one address, of one client
Page = str | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/link", methods=["GET", "POST"])
@policy(OPEN)
def ask() -> Page:
    """Ask for the address; every address gets the same answer after the same work."""
    form = LostLinkForm()
    if not form.validate_on_submit():
        return render_template("people/lost_link.html", form=form), 422 if form.errors else 200
    address = form.address()
    by_client, by_address = _tries(address)
    if by_client > AN_HOUR:
        return render_template("people/lost_link.html", form=form, busy=True), 429, {"Retry-After": "3600"}
    if by_address <= A_DAY:
        lost_links.ask(current_session(), address)
    return render_template("people/link_requested.html")


def _tries(address: str) -> tuple[int, int]:
    """Count in a transaction of its own, before the request opens one: it must stay when the request is refused."""
    at = clock.now()
    with apart() as session:
        client = throttle.count(session, "client", request.remote_addr or "", at=at, by_hour=True)
        return client, throttle.count(session, "link", address, at=at)
