"""Translations as a catalogue of gettext: the id of a piece is its context, and what is stale is marked fuzzy."""

import io

from babel.messages import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from delphi.contents.exchange.rows import FileError, LeftOut, ReturnedFile, ReturnedRow, SentFile
from delphi.dates import locale_of
from delphi.translations import N_

NO_PO = N_("This is no PO file that can be read. Nothing was imported.")
NO_CONTEXT = N_("it has no id (msgctxt)")
OBSOLETE = N_("it is marked as obsolete")
PLURAL = N_("it has plural forms, and no text of a study has any")


def write(sent: SentFile) -> bytes:
    """Write a PO file."""
    catalogue = Catalog(locale=locale_of(sent.language), project=sent.name, version="1", fuzzy=False)
    for row in sent.rows:
        flags = {"fuzzy"} if row.is_stale else set()
        about = [row.about] if row.about.strip() else []
        message = Message(row.source, row.text, auto_comments=about, flags=flags, context=row.item)
        message.flags -= {"python-format", "python-brace-format"}
        catalogue[row.source] = message
    stream = io.BytesIO()
    write_po(stream, catalogue, width=0, no_location=True)
    return stream.getvalue()


def read(data: bytes) -> ReturnedFile:
    """Read a PO file; entries that are no translation of a piece are listed as left out.

    Raises
    ------
    FileError
        It is none.
    """
    try:
        catalogue = read_po(io.BytesIO(data.removeprefix("\ufeff".encode())), abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        raise FileError(NO_PO) from error
    rows, left_out = [], []
    for message in (message for message in catalogue if message.id):
        if isinstance(message.id, str) and message.context:
            place, text = str(message.lineno), str(message.string or "")
            rows.append(ReturnedRow(place, message.context, message.id, text, message.fuzzy, not message.fuzzy))
        else:
            left_out.append(_left(message, PLURAL if isinstance(message.id, tuple) else NO_CONTEXT))
    left_out += [_left(message, OBSOLETE) for message in catalogue.obsolete.values()]
    return ReturnedFile(str(catalogue.locale_identifier or ""), rows, left_out)


def _left(message: Message, why: str) -> LeftOut:
    words = message.string if isinstance(message.string, str) else " ".join(message.string or ())
    return LeftOut(str(message.lineno or ""), words, why)
