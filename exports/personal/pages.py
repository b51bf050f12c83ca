"""The personal feedback document as a file, for the panelist of this browser and for nobody else."""

import io

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from delphi.contents.pages import current_contents
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.language import language
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session
from exports.formats import FORMATS
from exports.personal.feedback import feedback_document

blueprint = Blueprint("personal", __name__)


@blueprint.get("/panel/rounds/<int:number>/feedback.<any(html, pdf):paper>")
@policy(PANELIST)
def feedback(study: Study, panelist: Panelist, number: int, paper: str) -> AnyResponse:
    """Make the document; nothing is stored, and no event is written: nothing with a clock is caused by a panelist."""
    said = current_contents(study)
    document = feedback_document(current_session(), study, panelist, number, said, language())
    if document is None:
        return redirect(url_for("home.show"), 303)
    stream = io.BytesIO()
    FORMATS[paper].write(document, stream)
    name = f"feedback_{study.slug}_round-{number}.{paper}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream.getvalue(), mimetype=FORMATS[paper].media_type, headers=headers)
