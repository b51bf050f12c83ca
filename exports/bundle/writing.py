"""Writing a bundle: the files, in their order."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import delphi
from delphi.consensus.table.result_row import result_rows
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.seal import SealKind
from delphi.model.statement import Decision, Lineage, Statement, StatementVersion
from delphi.model.study import Study
from delphi.protocol import method
from delphi.sheets.writing import write_csv
from exports.archive import Tell, Writer, nobody, writing
from exports.bundle import seals
from exports.bundle.counts_file import write_counts, write_people
from exports.bundle.facts import KEPT, TRANSLATIONS, Fact
from exports.bundle.readme import readme
from exports.bundle.results import Release, as_sealed, for_the_public, summary
from exports.bundle.signing import signer
from exports.bundle.source import Source
from exports.catalogue import make
from exports.data.package import write_ratings, write_scripts, write_settings, write_table
from exports.formats import FORMATS
from exports.record import consensus
from exports.record.reader_profile import Profile
from exports.record.record import GivenRecord

SCHEMA = "study-bundle/2"
FIGURES = [
    "stacked",
    "distribution",
    "quartiles",
    "change",
    "by-group",
    "statements",
    "lineage",
    "ranks",
]  # drawn from what is here


def write_bundle(
    source: Source, target: Path | BinaryIO, profile: Profile, *, secret: str, tell: Tell = nobody
) -> dict[str, Any]:
    """Write the bundle of a study, signed with the key of a secret; gives its manifest.

    The same source and the same secret give the same bytes.
    """
    release = _release(source, profile)
    manifest = manifest_of(source, release, profile)
    with writing(target, tell) as writer:
        write_for_readers(writer, source.study, source.record, release, source.rounds, manifest, source.tables)
        _write_protocol(writer, source)
        _write_statements(writer, source)
        writer.json(seals.CHAIN, _chain(source, profile))
        write_people(writer, source)
        if source.records is not None:
            writer.json(seals.ROWS, source.rows)
            write_ratings(writer, source.records, source.definition)
        if not _coarse(source, profile):
            _write_comments(writer, source)
        write_settings(writer, source.definitions)
        write_counts(writer, source, release)
        for number, rows in release.items():
            entries = [entry.as_dict() for entry in rows]
            writer.json(f"results/release-{number}.json", {"round": number, "rows": entries})
        writer.put("audit/events.jsonl", "".join(map(_line, source.events)))
        writer.close(manifest, signer(secret))
    return manifest


def write_for_readers(
    writer: Writer,
    study: Study,
    record: GivenRecord,
    release: Release,
    rounds: Sequence[Round],
    manifest: Mapping[str, Any],
    tables: Mapping[str, list[Fact]],
) -> None:
    """Write what readers look at; all of it follows from the facts, the releases and the manifest of a bundle."""
    writer.put("README.html", readme(manifest))
    _write_statement_tables(writer, tables)
    rows = [entry.row for entries in release.values() for entry in entries]
    write_table(writer, "results/consensus_long.csv", consensus.from_rows(rows, record.definition.as_dict()))
    _write_report(writer, replace(record, rows=result_rows(rows)))
    writer.put("CITATION.cff", citation(study, rounds))
    write_scripts(writer)


def software() -> str:
    """What writes here, and its version."""
    return f"delphi-platform {delphi.__version__}"


def _coarse(source: Source, profile: Profile) -> bool:
    """Whether a profile has the coarser forms for small numbers; where rows are published there is nothing to hide."""
    return profile is Profile.PUBLIC and source.records is None


def _release(source: Source, profile: Profile) -> Release:
    """The results as this profile may have them."""
    if _coarse(source, profile):
        return for_the_public(source.frozen, source.definition, source.study.smallest_cell)
    return as_sealed(source.frozen, rows=source.records is not None)


def _chain(source: Source, profile: Profile) -> list[dict[str, Any]]:
    """The seals; where numbers are told in coarser forms, each but Table 1 with the hash of what it holds."""
    if not _coarse(source, profile):
        return source.seals
    return [entry if entry["kind"] == SealKind.PANEL else seals.without_content(entry) for entry in source.seals]


def manifest_of(source: Source, release: Release, profile: Profile) -> dict[str, Any]:
    """Say what is in the bundle, what is not, and why."""
    study, coarse = source.study, _coarse(source, profile)
    return {
        "schema": SCHEMA,
        "software": software(),
        "study": study.slug,
        "title": study.title,
        "notice": study.notice,
        "profile": profile,
        "level": study.level,
        "smallest_cell": study.smallest_cell,
        "quantile_type": study.quantile_type,
        "protocol_sha256": study.protocol_sha256,
        "rounds": [round_.number for round_ in source.rounds],
        "text_guard": "In CSV files an apostrophe stands before a text that a spreadsheet would take for a formula.",
        "not_recomputable": summary(release),
        "records": len(source.records.records) if source.records is not None else None,
        "withheld": [*(["ratings"] if source.records is None else []), *(["seals", "comments"] if coarse else [])],
    }


def _write_protocol(writer: Writer, source: Source) -> None:
    """Write the protocol, its lock, and the facts from which the study can be made again."""
    document = method.document(source.study)
    locked = [event for event in source.events if event["kind"] == EventKind.PROTOCOL_LOCKED]
    lock = {
        "sha256": source.study.protocol_sha256,
        "event": locked[-1]["seq"] if locked else None,
        "unchanged": method.sha256(document) == source.study.protocol_sha256,
    }
    writer.json("protocol/protocol.json", document)
    writer.json("protocol/lock.json", lock)
    facts = {name: source.tables[name] for name in ("study", "groups", "rounds")}
    writer.json("protocol/facts.json", facts)
    writer.json("protocol/amendments.json", source.tables["amendments"])
    writer.json("protocol/definitions.json", {str(n): one.as_dict() for n, one in source.definitions.items()})
    writer.json("instruments/documents.json", source.tables["documents"])
    writer.json(TRANSLATIONS, source.tables["translations"])


def _write_statements(writer: Writer, source: Source) -> None:
    """Write statements, wordings, questionnaires and lineage: once to be read back, and as tables."""
    names = ("statements", "versions", "questionnaires", "lineage", "decisions")
    writer.json("statements/statements.json", {name: source.tables[name] for name in names})
    items = [
        {"round": number, "position": position, "statement": item.statement, "relation": item.relation.value}
        | {"previous_round": item.previous_round, "section_no": item.section_no}
        for number, asked in source.items.items()
        for position, item in enumerate(asked, 1)
    ]
    writer.json("statements/items.json", items)


def _write_statement_tables(writer: Writer, tables: Mapping[str, list[Fact]]) -> None:
    """Write statements, wordings, lineage and decisions as tables."""
    kinds = {"statements": Statement, "versions": StatementVersion, "lineage": Lineage, "decisions": Decision}
    for name, kind in kinds.items():
        rows = tables[name]
        head = KEPT[kind].split() if rows else []
        with writer.text(f"statements/{name}.csv") as stream:
            write_csv(stream, head, ([row[column] for column in head] for row in rows))


def _write_comments(writer: Writer, source: Source) -> None:
    """Write the comments that the panel was shown."""
    with writer.text("comments/released.csv") as stream:
        head = ["comment", "round", "statement", "text_released"]
        write_csv(stream, head, ([row[name] for name in head] for row in source.comments))


def _write_report(writer: Writer, record: GivenRecord) -> None:
    """Write protocol, instrument, the table of a journal and the figures."""
    files = {
        "protocol/protocol.html": "protocol",
        "instruments/instrument.html": "instrument",
        "results/consensus_wide.csv": "wide",
        "results/panel_table.csv": "panel-table",
        "report/consensus.html": "journal",
    }
    files |= {f"figures/{key}.{suffix}": f"figure-{key}" for key in FIGURES for suffix in ("svg", "csv")}
    for name, report in files.items():
        suffix = name.rpartition(".")[2]
        with writer.file(name) as stream:
            FORMATS[suffix].write(make(record, report, suffix), stream)


def citation(study: Study, rounds: Sequence[Round]) -> str:
    """Say how to cite the data, in the form that archives read; a title is a string of JSON, and so one of YAML."""
    title = json.dumps(f"{study.title}: data of a Delphi study", ensure_ascii=False)
    released = rounds[-1].released_at
    assert released is not None
    return (
        "cff-version: 1.2.0\n"
        'message: "If you use these data, cite them as below and name the SHA-256 of the bundle."\n'
        f"title: {title}\ntype: dataset\nauthors:\n  - name: The study team\ndate-released: {released:%Y-%m-%d}\n"
    )


def _line(event: dict[str, Any]) -> str:
    return json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"
