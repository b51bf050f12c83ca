"""Everything for the paper as one archive: each file of that task in its first format, from one record of the study."""

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.model.study import Study
from exports.archive import Tell, writing
from exports.catalogue import CATALOGUE, make
from exports.files.orders import Order
from exports.files.tasks import Offer, Task, offers
from exports.formats import FORMATS
from exports.record.in_language import record_in
from exports.tables.document import Exhibit

LEFT_OUT = "LEFT-OUT.txt"


def write_paper(session: Session, study: Study, order: Order, stream: BinaryIO, tell: Tell) -> int:
    """Write the archive, and say how many files it has; what the study has no numbers for yet is named in it."""
    record, refused = record_in(session, study, order.language, profile=order.profile), {}
    with writing(stream, tell) as archive:
        for offer in _offers(order):
            try:
                exhibit = make(record, offer.key, offer.first)
            except Refused as reason:
                refused[offer.label] = str(reason)
                continue
            archive.put(f"{offer.key}.{FORMATS[offer.first].suffix}", _content(exhibit, offer.first))
        if refused:
            archive.put(LEFT_OUT, "".join(_lines(refused)))
        archive.close({"study": study.slug, "profile": order.profile.value})
        return len(archive.files)


def _offers(order: Order) -> list[Offer]:
    entries = {key: entry for key, entry in CATALOGUE.items() if order.profile in entry.profiles}
    return offers(entries)[Task.PAPER]


def _content(exhibit: Exhibit, format_: str) -> bytes:
    stream = io.BytesIO()
    FORMATS[format_].write(exhibit, stream)
    return stream.getvalue()


def _lines(refused: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{label}: {reason}\n" for label, reason in refused.items())
