"""Sending a file as a lead does: a look at what it would change, then taking it."""

import html
import io
import re

from sqlalchemy import inspect, select

STATEMENTS = "/studies/care/statements"


PANEL = "/studies/care/panel"


def preview(browser, path, file: str | bytes, encoding="utf-8"):
    """Send a file, and get what it would change."""
    data = file if isinstance(file, bytes) else file.encode(encoding)
    return browser.send(path, {"file": (io.BytesIO(data), "file.csv")}, content_type="multipart/form-data")


def upload(browser, path, file: str | bytes, encoding="utf-8"):
    """Send a file, look at what it would change, and take it; or get what is wrong with it."""
    page = preview(browser, path, file, encoding)
    if page.status_code != 200 or "Nothing is saved yet" not in page.text:
        return page
    return browser.send(f"{path}/import", {"data": carried(page)})


def carried(page) -> str:
    """Give what the preview carries to the second step, as a browser would send it."""
    field = re.search(r'<textarea name="data" hidden>\r?\n(.*?)</textarea>', page.text, re.DOTALL)
    return html.unescape(field[1]).replace("\r\n", "\n").replace("\n", "\r\n")


def stored(app, column, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        return list(session.scalars(select(column).filter_by(**where).order_by(*inspect(column.class_).primary_key)))


def fields_of(page) -> dict[str, str]:
    """Give all that the form of a preview would send, as a browser does."""
    hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    selects = {name: html.unescape(SELECTED.search(options)[1]) for name, options in SELECT.findall(page.text)}
    return {"data": carried(page)} | hidden | selects


HIDDEN = re.compile(r'<input\s+type="hidden"\s+name="(request|shown)"\s+value="([^"]*)"')
SELECT = re.compile(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', re.DOTALL)
SELECTED = re.compile(r'<option value="([^"]*)" selected')
