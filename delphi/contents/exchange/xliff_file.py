"""Translations as XLIFF 1.2 and 2.0, which tools of translators read."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from delphi.contents.exchange.rows import FileError, LeftOut, ReturnedFile, ReturnedRow, SentFile
from delphi.translations import N_

V1, V2 = "urn:oasis:names:tc:xliff:document:1.2", "urn:oasis:names:tc:xliff:document:2.0"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
NO_XLIFF = N_("This is no XLIFF file of version 1.2 or 2.0. Nothing was imported.")
NO_UNIT = N_("it has no source or no id")
UNFINISHED = {"needs-adaptation", "needs-review-adaptation", "needs-translation", "new", "initial"}


def write_v1(sent: SentFile) -> bytes:
    """Write XLIFF 1.2."""
    root = etree.Element(f"{{{V1}}}xliff", {"version": "1.2"}, nsmap={None: V1})
    languages = {"source-language": sent.source, "target-language": sent.language}
    file = _child(root, "file", original=sent.name, datatype="plaintext", **languages)
    body = _child(file, "body")
    for n, row in enumerate(sent.rows, 1):
        unit = _child(body, "trans-unit", id=str(n), resname=row.item)
        _text(unit, "source", row.source)
        if row.text:
            _text(unit, "target", row.text, state="needs-adaptation" if row.is_stale else "translated")
        if row.about:
            _text(unit, "note", row.about)
    return _bytes(root)


def write_v2(sent: SentFile) -> bytes:
    """Write XLIFF 2.0."""
    named = {"version": "2.0", "srcLang": sent.source, "trgLang": sent.language}
    root = etree.Element(f"{{{V2}}}xliff", named, nsmap={None: V2})
    file = _child(root, "file", id="f1", original=sent.name)
    for n, row in enumerate(sent.rows, 1):
        unit = _child(file, "unit", id=f"u{n}", name=row.item)
        if row.about:
            _text(_child(unit, "notes"), "note", row.about)
        state = "initial" if row.is_stale or not row.text else "translated"
        segment = _child(unit, "segment", state=state)
        _text(segment, "source", row.source)
        if row.text:
            _text(segment, "target", row.text)
    return _bytes(root)


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", attributes)


def _text(parent: Any, name: str, text: str, **attributes: str) -> None:
    element = _child(parent, name, **attributes)
    element.set(SPACE, "preserve")
    element.text = UNPRINTABLE.sub(" ", text)


def _bytes(root: Any) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def read(data: bytes) -> ReturnedFile:
    """Read XLIFF of either version; units that are no translation of a piece are listed as left out.

    Raises
    ------
    FileError
        It is none, or it declares entities.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileError(NO_XLIFF) from error
    space = etree.QName(root).namespace
    if root.getroottree().docinfo.doctype or space not in (V1, V2):
        raise FileError(NO_XLIFF)
    rows, left_out = [], []
    for unit in root.iter(f"{{{space}}}{'trans-unit' if space == V1 else 'unit'}"):
        row = _row(unit, space)
        if row.item and row.source:
            rows.append(row)
        elif row.text:
            left_out.append(LeftOut(row.place, row.text, NO_UNIT))
    language = root.get("trgLang") or next((file.get("target-language") for file in root.iter(f"{{{V1}}}file")), "")
    return ReturnedFile(language or "", rows, left_out)


def _row(unit: Any, space: str) -> ReturnedRow:
    """Read a unit; one that a tool cut into segments is put together again."""
    item = unit.get("resname" if space == V1 else "name") or ""
    source, text = ("".join(_words(unit, space, name)) for name in ("source", "target"))
    states = {part.get("state") for name in ("target", "segment") for part in unit.iter(f"{{{space}}}{name}")}
    unfinished = bool(states & UNFINISHED) and bool(text)
    return ReturnedRow(str(unit.sourceline), item, source, text, unfinished, not unfinished)


def _words(unit: Any, space: str, name: str) -> Iterator[str]:
    for part in unit.iter(f"{{{space}}}{name}"):
        if etree.QName(part.getparent()).localname not in ("alt-trans", "match"):
            yield "".join(part.itertext())
