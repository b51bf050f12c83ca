"""Everything for the paper as one archive, made by the worker."""

import io
import zipfile

from browsing import SECRET

from delphi import clock
from exports.catalogue import CATALOGUE
from exports.files import tasks
from exports.files.tasks import Task
from exports.files.worker import Exporter
from exports.record.reader_profile import Profile

FILES = "/studies/care/exports"
ORDER = {"report": "paper", "format": "zip", "profile": "author"}


def test_the_paper_is_ordered_and_holds_each_file_of_its_task(app, public):
    ada = app.test_client().sign_in(public.ada)
    place = ada.send(FILES, ORDER).location
    assert Exporter(app.extensions["database"], SECRET).make_next(at=clock.now())
    archive = zipfile.ZipFile(io.BytesIO(ada.send(place).data))
    entries = {key: entry for key, entry in CATALOGUE.items() if Profile.AUTHOR in entry.profiles}
    wanted = {offer.key for offer in tasks.offers(entries)[Task.PAPER]}
    assert {name.partition(".")[0] for name in archive.namelist()} >= wanted
    assert archive.read("figure-flow.pdf").startswith(b"%PDF")
    assert b"Panelist 1" not in b"".join(archive.read(name) for name in archive.namelist())
