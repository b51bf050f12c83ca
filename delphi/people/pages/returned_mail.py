"""Mail that came back to somebody of the team: saved mails are handed in, and noted on the people they were for."""

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.letters.returned import LARGEST
from delphi.model.study import Study
from delphi.people import bounces
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import ngettext
from delphi.web.policy import policy, takes_files
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("returned_mail", __name__, url_prefix="/studies/<slug>/panel/returned")
MOST = 100  # mails at once


@blueprint.get("")
@policy(Capability.ROSTER)
def show(study: Study) -> Page:
    """Ask for mails that came back, and list whose address takes none."""
    people = bounces.listed(current_session(), study)
    return render_template("people/returned_mail.html", study=study, people=people, form=ButtonForm())


@blueprint.post("")
@policy(Capability.ROSTER)
@takes_files
def take(study: Study) -> Page:
    """Read the mails, and say how many were noted."""
    files = [file for file in request.files.getlist("mails") if file.filename][:MOST]
    if not files:
        raise Refused(_("There is no mail. Save it as a file (.eml), and choose it. Nothing was changed."))
    session, settings, at = current_session(), current_settings(), clock.now()
    read = [bounces.take(session, file.read(LARGEST), settings=settings, at=at, study=study) for file in files]
    noted, left = sum(read), len(read) - sum(read)
    said = ngettext("%(num)s mail was noted.", "%(num)s mails were noted.", noted) % {"num": noted}
    if left:
        words = ngettext(
            "%(num)s says of nobody here that an address takes no mail.",
            "%(num)s say of nobody here that an address takes no mail.",
            left,
        )
        said = f"{said} {words % {'num': left}}"
    return done(said, "returned_mail.show", slug=study.slug)
