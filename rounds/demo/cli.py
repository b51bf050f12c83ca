"""Commands of running: the demonstration, and the replay of a file of ratings."""

import shutil
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rounds.demo.script import Script
    from rounds.demo.server import DemoServer

SEED, PANELISTS = 31, 57


def _progress(total: int, label: str) -> tuple[Any, Callable[[int, int], None]]:
    bar: Any = click.progressbar(length=total, label=label, file=sys.stderr)

    def done(_round: int, n: int) -> None:
        bar.update(n)

    return bar, done


def _play(running: "DemoServer", script: "Script") -> None:
    from rounds.demo.bots import LeadBot
    from rounds.demo.script import play
    from rounds.demo.server import LEAD, PASSWORD

    lead = LeadBot(running.url, script.slug)
    with closing(lead.browser):
        lead.sign_in(running.one_time_link(), LEAD, PASSWORD)
        bar, script.done = _progress(sum(len(script.sheets(n)) for n in range(1, script.rounds + 1)), "Panelists")
        started = time.monotonic()
        with bar:
            play(running, script, lead)
    click.echo(f"Played in {time.monotonic() - started:.0f} s.", err=True)


@click.command()
@click.option("--fresh", is_flag=True, help="Forget what was played before.")
@click.option("--no-serve", is_flag=True, help="End after the exports.")
@click.option("--seed", default=SEED, show_default=True, help="Another seed is another panel.")
@click.option(
    "--panelists",
    default=PANELISTS,
    show_default=True,
    type=click.IntRange(1, 500),
    help="People on the simulated panel.",
)
@click.option("--database", help="As SQLAlchemy writes it; a file in the demo's folder if left out.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for its files.",
)
@click.option("--port", default=8000, show_default=True, help="Port to serve it on.")
def demo(*, fresh: bool, no_serve: bool, seed: int, panelists: int, database: str | None, out: Path, port: int) -> None:
    """Play the reference study: a lead and a simulated panel, three rounds over real HTTP."""
    from rounds.demo.reference import Reference, reference_script

    home = out / "server"
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    _serve(reference_script(Reference(seed, panelists)), database, out, port, stay=not no_serve)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--columns", help="Other names: panelist=panellist,statement=block+item.")
@click.option("--scale", required=True, help="Key of a shipped scale.")
@click.option("--slug", default="replay", show_default=True, help="Short name of the study that is made.")
@click.option("--no-serve", is_flag=True, help="End after the exports.")
@click.option("--database", help="As SQLAlchemy writes it; a new file in the folder if left out.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("replay"),
    show_default=True,
    help="Folder for its files.",
)
@click.option("--port", default=8000, show_default=True, help="Port to serve it on.")
def replay(
    *,
    file: Path,
    columns: str | None,
    scale: str,
    slug: str,
    no_serve: bool,
    database: str | None,
    out: Path,
    port: int,
) -> None:
    """Make a study from a FILE of ratings and play its rounds over HTTP, every panelist giving the file's ratings."""
    from rounds.demo.replay import script_of

    if database is None:
        shutil.rmtree(out / "server", ignore_errors=True)
    _serve(script_of(file, columns, scale, slug), database, out, port, stay=not no_serve)


def _serve(script: "Script", database: str | None, out: Path, port: int, *, stay: bool) -> None:
    """Start the server, play the script on it, write its table, and stay if wanted."""
    from rounds.demo.server import demo_server

    home = out / "server"
    url = database or f"sqlite:///{(home / 'delphi.sqlite3').resolve()}"
    with demo_server(url, port, home) as running:
        click.echo(f"Serving on {running.url}", err=True)
        _play(running, script)
        _write(running, script.slug, out)
        if stay:
            _stay(running)


def _write(running: "DemoServer", slug: str, out: Path) -> None:
    """Write the consensus table with the command that anybody would use, and print it."""
    out.mkdir(parents=True, exist_ok=True)
    for suffix in ("json", "csv"):
        running.run("export", slug, "--format", suffix, "--output", str(out / f"consensus.{suffix}"))
    click.echo(running.run("export", slug, "--report", "consensus", "--format", "journal"))
    click.echo(f"Written: {out}/consensus.json and {out}/consensus.csv", err=True)


def _stay(running: "DemoServer") -> None:
    from rounds.demo.server import LEAD, PASSWORD

    click.echo(
        f"\nLook at every page: {running.url}/studies\nSign in as {LEAD} with the password “{PASSWORD}”.\nCtrl-C ends it."
    )
    try:
        running.process.wait()
    except KeyboardInterrupt:
        click.echo("")


COMMANDS = (demo, replay)
