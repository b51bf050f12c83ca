"""A file in two steps: first what it would change, then the change. In between it travels with the form."""

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Response, make_response, render_template, request

from delphi.errors import NotFound
from delphi.model.study import Study
from delphi.sheets.comparison import FileComparison
from delphi.sheets.errors import SheetError
from delphi.sheets.lists.file import ListFile
from delphi.sheets.writing import csv_bytes, xlsx_bytes
from delphi.web.forms import ButtonForm
from delphi.web.language import listed

SHOWN = 50
PACKED = "base64:"  # how a field begins that holds a file as bytes
KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


COLUMN = "column-"  # and the place of a column: what it is


def chosen_columns(form: Mapping[str, str], targets: Collection[str], most: int) -> dict[int, str]:
    """Read what was chosen at a preview for each column, by its place."""
    places = frozenset(map(str, range(most)))
    return {
        int(name.removeprefix(COLUMN)): target
        for name, target in form.items()
        if name.startswith(COLUMN) and name.removeprefix(COLUMN) in places and target in targets
    }


def sent_bytes() -> bytes:
    """The file or the paste that was sent, or what a preview carried on."""
    file, text = request.files.get("file"), request.form.get("text", "")
    if "data" in request.form:
        return carried_file()
    if file and file.filename:
        data: bytes = file.read()
        return data
    if text.strip():
        return text.encode()
    raise SheetError.at(1, "", "there is no file and no text")


def as_field(data: bytes) -> str:
    """Write a file as the hidden field that the second step reads again: a text as it is, all else in base 64."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    return PACKED + base64.b64encode(data).decode() if "\0" in text or "\ufeff" in text else text


def carried_file() -> bytes:
    """The file that the preview carried on."""
    text = request.form.get("data", "")
    if not text.startswith(PACKED):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(PACKED), validate=True)
    except binascii.Error:
        raise SheetError.at(1, "", "the file did not arrive whole; choose it again") from None


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def preview_list(
    study: Study, data: bytes, file: ListFile, comparison: FileComparison, columns: Sequence[str], **facts: Any
) -> str:
    """Show what a list would change, how it was read, and what is left out; the file goes on to the next step."""
    return render_template(
        "web/list_preview.html",
        study=study,
        file=file,
        errors=file.errors,
        unknown=sum(not column.known for column in file.columns),
        found=comparison,
        shown=SHOWN,
        columns=[name for name in columns if any(name in row for _line, row in comparison.new)],
        data=as_field(data),
        shown_choices=choices_of(file),
        form=ButtonForm(),
        **facts,
    )


def choices_of(file: ListFile) -> str:
    """The choices by which a file was read, in one line: what is imported is what was shown."""
    encoding = file.source.encoding
    columns = " ".join(f"{column.place}={column.target}" for column in file.columns)
    return "|".join((file.source.sheet, encoding.name if encoding else "", columns, file.choice))


def was_shown(file: ListFile) -> bool:
    """Whether a file was read by the choices that its preview showed."""
    return request.form.get("shown", choices_of(file)) == choices_of(file)


def check_suffix(suffix: str) -> None:
    """Take only the endings of files that an import can read again."""
    if suffix not in KINDS:
        raise NotFound


def download(name: str, suffix: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """Send rows as a file."""
    plain = [[value if isinstance(value, int) else _plain(value) for value in row] for row in rows]
    data = csv_bytes(head, plain) if suffix == "csv" else xlsx_bytes(head, plain, title=name)
    answer = make_response(data)
    answer.headers["Content-Type"] = KINDS[suffix]
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.{suffix}"
    return answer


def summary(counts: Mapping[str, int]) -> str:
    """Join the counts that are not nothing."""
    return listed([f"{n} {what}" for what, n in counts.items() if n])
