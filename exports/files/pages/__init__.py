"""How a file reaches a browser: at once where it is quickly made, by an order where it takes long; each is an event."""

import io
from typing import Any

from flask import redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import clock
from delphi.model.study import Study
from delphi.web.policy import account
from delphi.web.transaction import current_settings, writing_session
from exports.archive import nobody
from exports.files import jobs as operations
from exports.files import orders
from exports.files.orders import Order, WrittenFile
from exports.formats import FORMATS


def send(session: Session, study: Study, order: Order) -> Response:
    """Send a file that is quickly made, or order it and lead to the page where it can be waited for; the view reads first."""
    if operations.takes_long(session, study, order):
        job = operations.ask(writing_session(), study, order, by=account().id, at=clock.now())
        return redirect(url_for("jobs.show", slug=study.slug, job=job.id), 303)
    stream = io.BytesIO()
    rows = operations.write(session, study, order, stream, nobody, secret=current_settings().secret_key)
    content = stream.getvalue()
    return attach(study, order, WrittenFile.of(rows, content), content)


def attach(study: Study, order: Order, written: WrittenFile, content: bytes) -> Response:
    """Log a file, and send it."""
    at = clock.now()
    orders.log(writing_session(), study, order, written, by=account().id, at=at)
    media: Any = FORMATS[order.format].media_type if order.format in FORMATS else "application/octet-stream"
    name = order.file_name(study, at.date())
    return Response(content, mimetype=media, headers={"Content-Disposition": f"attachment; filename={name}"})
