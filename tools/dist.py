"""Build what is published, install it where nothing else is, and use it there: `make dist`.

The source archive and the wheel are left in dist/. The environment is empty but for the wheel and the newest versions of what it
asks for; it stands outside the tree, with a home of its own, so that nothing is found that was not installed.
"""

import contextlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
PANELISTS = 8
MAKES_NO_FILE = {"sav", "dta", "parquet"}  # they need an extra
QUIET = {"NO_MKDOCS_2_WARNING": "1"}
STARTED = time.monotonic()
GIVEN = "panelist,statement,rating\n" + "".join(f"P{n},S{s},{1 + (n + s) % 4}\n" for n in range(8) for s in (1, 2))


def say(text: str) -> None:
    """Tell what is done, with the seconds since the start."""
    print(f"{time.monotonic() - STARTED:5.0f} s  {text}", flush=True)


def run(*command: object, cwd: Path, env: dict[str, str] | None = None, right: tuple[int, ...] = (0,)) -> str:
    """Run a program and return what it printed; end everything if it fails."""
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode not in right or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def tracked() -> list[str]:
    """List the files of the tree that belong to the project."""
    if not (TREE / ".git").exists():  # a source archive: all it holds, but for what was made in it
        made = {".venv", "dist", "build", "__pycache__"}
        files = [path.relative_to(TREE) for path in TREE.rglob("*") if path.is_file()]
        return sorted(str(path) for path in files if not made & {*path.parts} and ".egg-info" not in str(path))
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=TREE).splitlines()
    return sorted(name for name in listed if (TREE / name).is_file())


def build(work: Path) -> Path:
    """Build the handbook and both archives from a copy of the tree, and the wheel again from the source archive; the two must be equal."""
    source = work / "source"
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TREE / name, source / name)
    run(sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", cwd=source, env={**os.environ, **QUIET})
    run(
        sys.executable, "-m", "build", "--outdir", work / "dist", cwd=source
    )  # the wheel is made from the source archive
    run(sys.executable, "-m", "build", "--wheel", "--outdir", work / "direct", cwd=source)
    (sdist,), (wheel,) = (work / "dist").glob("*.tar.gz"), (work / "dist").glob("*.whl")
    compare(wheel, work / "direct" / wheel.name)
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    if missing := set(tracked()) - held:
        sys.exit(f"The source archive lacks {', '.join(sorted(missing))}: add them to MANIFEST.in.")
    shutil.rmtree(TREE / "dist", ignore_errors=True)
    shutil.copytree(work / "dist", TREE / "dist")
    say(f"built {sdist.name} ({len(held)} entries) and {wheel.name}")
    return wheel


def compare(wheel: Path, other: Path) -> None:
    """Refuse two wheels that hold different files."""
    contents = []
    for path in (wheel, other):
        with zipfile.ZipFile(path) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist()})
    first, second = contents
    if different := sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name)):
        sys.exit(f"The wheel of the source archive is not that of the tree: {', '.join(different)}.")


def install(wheel: Path, work: Path) -> dict[str, str]:
    """Install the wheel into an empty environment, and return the variables with which its programs run."""
    cache = run(sys.executable, "-m", "pip", "cache", "dir", cwd=work).strip()
    home = work / "home"
    home.mkdir()
    env = {
        "PATH": f"{work / 'venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "DATABASE_URL": f"sqlite:///{work / 'delphi.sqlite3'}",
        "SECRET_KEY": "for the tool that tries the installation",
        "SECURITY_PASSWORD_SALT": "for the same tool",
    }
    run(sys.executable, "-m", "venv", work / "venv", cwd=work)
    pip = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "HTTP", "http", "SSL", "no_", "NO_"))
    }
    run("pip", "install", "--quiet", wheel, cwd=work, env={**pip, **env, "PIP_CACHE_DIR": cache})
    say("installed into an empty environment")
    return env


def use(work: Path, env: dict[str, str]) -> None:
    """Do what README tells a new administrator to do, then play and export a study."""
    place = run("python", "-c", "import delphi; print(delphi.__file__)", cwd=work, env=env)
    if "site-packages" not in place:
        sys.exit(f"Not what was installed is used, but {place}")
    run("delphi", "db", "upgrade", cwd=work, env=env)
    link = run("delphi", "account", "create", "ada@example.org", cwd=work, env=env)
    if "/account/reset/" not in link:
        sys.exit(f"account create printed no link: {link}")
    database = env["DATABASE_URL"]
    demo = run("delphi", "demo", "--no-serve", "--panelists", PANELISTS, "--database", database, cwd=work, env=env)
    if demo.count("STMT") < 20:
        sys.exit(f"The demonstration printed no consensus table:\n{demo}")
    (work / "given.csv").write_text(GIVEN, encoding="utf-8")
    replay = ("replay", "given.csv", "--scale", "agree4_nq", "--no-serve", "--database", database)
    run("delphi", *replay, cwd=work, env=env)
    say(f"played the demonstration with {PANELISTS} panelists, and ratings of a file")


def export(work: Path, env: dict[str, str]) -> None:
    """Write a report in every format, the bundle and the ratings."""
    reports: dict[str, tuple[str, str]] = {}
    for line in run("delphi", "export", "--list", cwd=work, env=env).splitlines():
        key, profiles, formats = re.fullmatch(r"(\S+): .* \(for (.*); as (.*)\)", line).groups()
        for name in formats.split(", "):
            if name not in MAKES_NO_FILE:
                reports.setdefault(name, (key, profiles.split(", ")[0]))
    orders = [
        ("export", "reference", "--report", key, "--profile", profile, "--format", name, "--output", f"report.{name}")
        for name, (key, profile) in reports.items()
    ]
    orders += [("data", "replay", "--output", f"ratings.{suffix}") for suffix in ("zip", "csv", "xlsx")]
    orders += [("bundle", "reference", "--output", "bundle.zip")]
    run("delphi", "data", "reference", "--output", "sealed.csv", cwd=work, env=env, right=(1,))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda order: run("delphi", *order, cwd=work, env=env), orders))
    run("delphi", "verify", "bundle.zip", cwd=work, env=env, right=(0, 3))
    run("delphi", "analyse", "bundle.zip", cwd=work, env=env)
    empty = [path.name for path in work.glob("*.*") if path.is_file() and not path.stat().st_size]
    if empty or not {"csv", "docx", "pdf", "svg"} <= reports.keys():
        sys.exit(f"Not exported: {empty or sorted(reports)}")
    say(f"exported as {', '.join(reports)}, bundle and ratings")


@contextlib.contextmanager
def running(*command: str, work: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program as long as it is used, and end it as a supervisor does."""
    log = (work / "server.log").open("w+")
    process = subprocess.Popen(command, cwd=work, env=env, stdout=log, stderr=log, text=True)
    try:
        yield process
    except BaseException:
        print((work / "server.log").read_text(), file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait(40)
        log.close()


def answers(*command: str, work: Path, env: dict[str, str]) -> None:
    """Start a server, and ask it for a page with its style sheet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with running(*(word.replace("PORT", port) for word in command), work=work, env=env) as process:
        page = get(process, port, "/account/sign-in")
        style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        if style is None or "{" not in get(process, port, style[1].replace("&amp;", "&")):
            sys.exit(f"{' '.join(command)} serves no style sheet")
        if "<title>" not in get(process, port, "/help/index.html"):
            sys.exit(f"{' '.join(command)} serves no handbook")
    say(f"{' '.join(command)} answers")


def get(process: subprocess.Popen[str], port: str, path: str) -> str:
    """Ask for a page, and wait for the server as long as it lives."""
    while process.poll() is None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)) as connection:
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
            except OSError:
                time.sleep(0.1)
                continue
            if answer.status != 200:
                sys.exit(f"{path} answered {answer.status}")
            return answer.read().decode()
    sys.exit(f"The server ended before it answered {path}")


def works(work: Path, env: dict[str, str]) -> None:
    """Start `delphi work`, and end it."""
    with running("delphi", "work", work=work, env={**env, "PYTHONUNBUFFERED": "1"}) as process:
        while process.poll() is None and "Working" not in (work / "server.log").read_text():
            time.sleep(0.1)
    if process.returncode:
        sys.exit(f"delphi work ended with {process.returncode}:\n{(work / 'server.log').read_text()}")
    say("delphi work works and ends")


def main() -> None:
    """Do all of it, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="delphi-dist-") as folder:
        work = Path(folder)
        env = install(build(work), work)
        place = work / "used"
        place.mkdir()
        use(place, env)
        export(place, env)
        answers("delphi", "serve", "--port", "PORT", work=place, env=env)
        answers("flask", "--app", "wsgi", "run", "--port", "PORT", work=place, env=env)
        answers("gunicorn", "--bind", "127.0.0.1:PORT", "wsgi:app()", work=place, env=env)
        answers("gunicorn", "--bind", "127.0.0.1:PORT", "wsgi:application", work=place, env=env)
        works(place, env)
    say("done")


if __name__ == "__main__":
    main()
