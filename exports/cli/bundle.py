"""Commands of the study bundle and of the ratings: bundle, data, verify, import; and what `delphi analyse` does with one."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from exports.archive import MANIFEST
from exports.record.reader_profile import BUNDLE_PROFILES, Profile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from exports.bundle.source import Source

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)
PROFILE = click.option(
    "--profile",
    type=click.Choice([profile.value for profile in BUNDLE_PROFILES]),
    default=Profile.ANALYST.value,
    show_default=True,
    help="Who it is for; the statistician of a study with separated duties has single ratings.",
)


def is_bundle(file: BinaryIO) -> bool:
    """Whether a file is an archive with a manifest; a workbook is an archive without one."""
    try:
        has_manifest = zipfile.is_zipfile(file) and MANIFEST in zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        has_manifest = False
    file.seek(0)
    return has_manifest


@click.command()
@click.argument("study")
@click.option("--output", type=OUTPUT, required=True, help="The archive to write.")
@PROFILE
def bundle(study: str, output: Path, profile: str) -> None:
    """Write the bundle of a STUDY (its short name): everything from which a stranger can check and recompute it."""
    from delphi import config
    from exports.bundle.writing import write_bundle

    secret = config.secret_of_this_server()
    _export(
        study,
        output,
        Profile(profile),
        lambda source: write_bundle(source, output, Profile(profile), secret=secret),
        report="bundle",
    )


@click.command()
@click.argument("study")
@click.option("--output", type=OUTPUT, required=True, help="FILE.zip, .csv, .xlsx, .sav, .dta or .parquet.")
@PROFILE
def data(study: str, output: Path, profile: str) -> None:
    """Write single ratings of a STUDY under codes, where its panel agreed to that before it began.

    A sealed study has none; one with separated duties has them for its statistician (--profile statistician); one with open
    rows, from its finish on. With codebook and scripts (.zip), or as one file by its ending.
    """
    _export(study, output, Profile(profile), lambda source: _write_ratings(source, output), report="ratings")


def _write_ratings(source: "Source", output: Path) -> None:
    from exports.data.package import write_data

    assert source.records is not None
    write_data(source.records, source.definitions, output)


def _export(slug: str, output: Path, profile: Profile, write: Callable[["Source"], object], *, report: str) -> None:
    """Write a file of a study, and the event that says so with the hash of what was written."""
    from delphi import audit, clock
    from delphi.errors import Refused
    from delphi.migrations import checked_database
    from delphi.model.event import EventKind
    from exports.bundle.source import source_of, study_called
    from exports.bundle.verifying import sha256_of_file
    from exports.data.levels import check_rows

    database = checked_database()
    try:
        with database.transaction(writing=False) as session:
            made = study_called(session, slug)
            if report == "ratings":
                check_rows(session, made, profile)
            source = source_of(session, made, profile)
            write(source)
            numbers = ", ".join(str(round_.number) for round_ in source.rounds)
        digest = sha256_of_file(output)
        with database.transaction() as session:
            study = study_called(session, slug)
            facts = {"report": report, "profile": profile.value, "sha256": digest}
            audit.record(session, study.id, EventKind.EXPORTED, by=None, at=clock.now(), **facts)
    except (Refused, OSError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        database.engine.dispose()
    click.echo(f"{output}: rounds {numbers}, SHA-256 {digest}", err=True)


def _public_key(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Take a public key as letters and pages write it."""
    from delphi.signing import is_public_key

    if value is not None and not is_public_key(value):
        raise click.BadParameter(f"“{value}” is not a public key: write its 44 characters as the invitation has them.")
    return value


@click.command()
@click.argument("file", type=FILE)
@click.option("--key", callback=_public_key, help="Public key that must have signed it, as the invitation tells it.")
def verify(file: Path, key: str | None) -> None:
    """Check a bundle: signature, hashes, chain of events, protocol, and every figure and verdict computed again.

    Exit code 0: all was checked and is right. 1: something is wrong. 3: right as far as it could be checked; it says
    what could not.
    """
    from exports.bundle.remaking import BY_HASH
    from exports.bundle.verifying import Status, sha256_of_file
    from exports.bundle.verifying import verify as checked

    found = checked(file, key)
    for line in found.problems or (f"not checked: {line}" for line in found.unchecked):
        click.echo(line)
    if not found.problems:
        click.echo(f"compared with the manifest alone: {', '.join(BY_HASH)}, and what the panel answered")
        _tell_signer(found.signed_by, asked=key is not None)
    words = {
        Status.RIGHT: "whole",
        Status.WRONG: "not as it should be",
        Status.PARTLY: "right as far as it was checked",
    }
    click.echo(f"{file}: {words[found.status]}, SHA-256 {sha256_of_file(file)}")
    raise click.exceptions.Exit(found.status.value)


def _tell_signer(key: str | None, *, asked: bool) -> None:
    """Say whose signature it is, and what still has to be compared by eye."""
    if key is not None:
        compare = "" if asked else "; compare it with the key in the protocol and in the invitation, or use --key"
        click.echo(f"signed with the key {key}{compare}")


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--owner", help="Address of the account that may look at it; nobody on the web if left out.")
def import_(file: Path, owner: str | None) -> None:
    """Make the study of a bundle in this database, to be read and exported: all of it, or nothing."""
    from delphi import clock
    from delphi.errors import Refused
    from delphi.migrations import checked_database
    from exports.archive import reading
    from exports.bundle.importing import import_bundle

    database = checked_database()
    try:
        with reading(file) as read, database.transaction() as session:
            study = import_bundle(session, read, owner=_account(session, owner), at=clock.now())
            slug, rounds = study.slug, len(read.manifest["rounds"])
    except Refused as error:
        raise click.ClickException(str(error)) from None
    finally:
        database.engine.dispose()
    click.echo(
        f"“{slug}” was imported with {rounds} rounds. Comments are not imported: nobody may know who wrote them."
    )


def _account(session: "Session", email: str | None) -> int | None:
    from sqlalchemy import select

    from delphi.errors import Refused
    from delphi.model.account import Account

    if email is None:
        return None
    account = session.scalar(select(Account.id).where(Account.email == email.lower()))
    if account is None:
        raise Refused("There is no account %(email)s. Nothing was imported.", email=email)
    return account


COMMANDS = (bundle, data, verify, import_)
