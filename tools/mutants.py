"""Do the tests notice a small break? Mutants of the numbers, and of rounds, exports and delphi/web (docs/mutation.md).

The mutants are mutmut's. They are run here and not by mutmut, which leaves decorated functions alone: the measures are
decorated. All tests are collected once; each mutant is put into a fork of that process, in place of the code of its
function, and meets the tests that run its line, the quickest first, until one fails.
"""

import argparse
import difflib
import gc
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import Any

import coverage
import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor, OuterFunctionProvider
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parent.parent
NUMBERS = ("delphi/statistics", "delphi/consensus")
PAGES = (
    "delphi/web",
    "delphi/studies",
    "delphi/people",
    "delphi/letters",
    "delphi/protocol",
    "delphi/statements",
    "rounds",
    "exports",
)
EXPORTS = (
    "tests/exports/cli/test_analyse.py",
    "tests/exports/reports/test_reports.py",
    "tests/exports/reports/test_published_data.py",
)
QUICK = ("tests/delphi/statistics/test_whole_results.py", "tests/delphi/consensus", "tests/delphi/statistics")
OUT = ROOT / "mutants"
SECONDS = 6  # a test that runs longer, or six times as long as it should, has found the mutant
MEMORY = 4 * 2**30


@dataclass(frozen=True)
class Suite:
    """Packages to mutate, and the tests that are to notice."""

    name: str
    packages: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def out(self) -> Path:
        return OUT / self.name

    @property
    def files(self) -> list[Path]:
        return [path for package in self.packages for path in sorted((ROOT / package).rglob("*.py"))]


SUITES = {
    "numbers": Suite(
        "numbers",
        NUMBERS,
        (
            *NUMBERS,
            "tests/delphi/statistics",
            "tests/delphi/consensus",
            "tests/whole/contracts/test_rules.py",
            *EXPORTS,
        ),
    ),
    # On SQLite: a fork copies a file, and shares no connection to a server.
    "pages": Suite(
        "pages",
        PAGES,
        ("tests/delphi", "tests/rounds", "tests/exports", "tests/whole/journeys", "-k", "not postgresql"),
    ),
}


class Visitor(MutationVisitor):
    """As mutmut's, in decorated functions too; the wording of errors is left alone."""

    def __init__(self) -> None:
        super().__init__(mutation_operators, IgnoredCode(set(), set(), set()))

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Raise):
            return True
        plain = node.with_changes(decorators=[]) if isinstance(node, cst.FunctionDef) else node
        return bool(super()._skip_node_and_children(plain) if plain is node else self._skip_function(node))

    def _skip_function(self, node: cst.FunctionDef) -> bool:
        return node in self._enum_creation_hooks


@dataclass
class Mutant:
    path: str
    function: str
    line: int
    source: str = field(repr=False)
    number: int = 0
    outcome: str = ""
    test: str = ""


def mutants_of(path: Path, share: float = 1.0, seed: int = 1, *, wording: bool = True) -> Iterator[Mutant]:
    """Yield mutants of a file that change the body or a default of a function: all, or a share drawn by the seed."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    visitor = Visitor()
    module = wrapper.visit(visitor)
    names = _names(module)
    places = wrapper.resolve(PositionProvider)
    outer = wrapper.resolve(OuterFunctionProvider)
    found = [one for one in visitor.mutations if outer.get(one.original_node) in names]
    found = [one for one in found if wording or not _is_wording(one.original_node)]
    where = str(path.relative_to(ROOT))
    size = int(share * len(found) + random.Random(f"{seed} {where}").random())  # so that small files have their share
    for number in sorted(random.Random(seed).sample(range(len(found)), min(size, len(found)))):
        mutation = found[number]
        line = places[mutation.original_node].start.line
        source = module.deep_replace(mutation.original_node, mutation.mutated_node).code
        yield Mutant(where, names[outer[mutation.original_node]], line, source, number)


def _is_wording(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and " " in node.value


def _names(module: cst.Module) -> dict[cst.CSTNode, str]:
    found: dict[cst.CSTNode, str] = {}
    for node in module.body:
        if isinstance(node, cst.FunctionDef):
            found[node] = node.name.value
        elif isinstance(node, cst.ClassDef):
            found |= {m: f"{node.name.value}.{m.name.value}" for m in node.body.body if isinstance(m, cst.FunctionDef)}
    return found


Functions = dict[tuple[str, str], list[FunctionType]]


def functions() -> Functions:
    """All living functions, by file and name; those in decorators and properties too."""
    found: Functions = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            found[thing.__code__.co_filename, thing.__code__.co_qualname].append(thing)
    return found


def put_in(mutant: Mutant, living: Functions) -> bool:
    """Give the living function the code and the defaults of the mutant; say whether it could be done."""
    where = str(ROOT / mutant.path)
    namespace: dict[str, Any] = {"__name__": mutant.path.removesuffix(".py").replace("/", "."), "__file__": where}
    exec(compile(mutant.source, where, "exec"), namespace)
    key = where, mutant.function
    old, new = living.get(key, []), functions().get(key, [])
    for function in old:
        function.__code__, function.__defaults__, function.__kwdefaults__ = (
            new[0].__code__,
            new[0].__defaults__,
            new[0].__kwdefaults__,
        )
    return bool(old and new)


class Hunt:
    """A pytest plugin: in place of the tests, the mutants."""

    def __init__(self, suite: Suite, mutants: list[Mutant], out: Path) -> None:
        self.suite, self.mutants, self.out = suite, mutants, out
        self.covering, self.seconds = _covering(suite)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from hypothesis import settings

        items = {item.nodeid: item for item in session.items}
        settings.register_profile("mutants", deadline=None, derandomize=True, database=None, max_examples=30)
        settings.load_profile("mutants")
        _warm_up(session)
        self.living = functions()
        gc.collect()
        gc.freeze()  # so that only what a mutant adds is looked through
        with self.out.open("a", encoding="utf-8") as out:
            for mutant in self.mutants:
                chosen = self._chosen(mutant, items)
                mutant.outcome, mutant.test = self._run(mutant, chosen)
                _sweep(session)
                out.write(json.dumps(asdict(mutant) | {"source": "", "diff": _diff(mutant)}, ensure_ascii=False) + "\n")
                out.flush()
        return True

    def _chosen(self, mutant: Mutant, items: dict[str, pytest.Item]) -> list[pytest.Item]:
        names = self.covering[mutant.path, mutant.function]
        on_line = [name for name in names if mutant.line in names[name]] or list(names)
        return [items[name] for name in sorted(on_line, key=lambda n: self.seconds.get(n, 9.0)) if name in items]

    def _run(self, mutant: Mutant, chosen: list[pytest.Item]) -> tuple[str, str]:
        if not chosen:
            return _run_afresh(mutant) if self.suite.packages == NUMBERS else ("unreached", "")
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os._exit(self._meet(mutant, chosen, writer))
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            test = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return {0: "survived", 3: "unusable"}.get(status, "killed" if status == 1 else "timeout"), test

    def _meet(self, mutant: Mutant, chosen: list[pytest.Item], writer: int) -> int:
        """Run the tests on the mutant, in the fork."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            if not put_in(mutant, self.living):
                return 3
        except Exception:  # noqa: BLE001 - the mutant cannot even be loaded
            os.write(writer, b"loading")
            return 1
        from _pytest.runner import runtestprotocol

        for item, following in zip(chosen, [*chosen[1:], None], strict=True):
            signal.alarm(max(SECONDS, round(6 * self.seconds.get(item.nodeid, 0.0))))
            if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
                os.write(writer, item.nodeid.encode())
                return 1
        return 0


def _warm_up(session: pytest.Session) -> None:
    """Run one test with a database, and keep the migrated template that it needed: each fork finds it made."""
    from _pytest.runner import runtestprotocol

    wanted = [item for item in session.items if {"database", "app"} & set(getattr(item, "fixturenames", ()))]
    for item in wanted[:1]:
        runtestprotocol(item, nextitem=session, log=False)


def _sweep(session: pytest.Session) -> None:
    """Remove the databases that a fork which was ended has left."""
    for path in session.config._tmp_path_factory.getbasetemp().glob("*/copy_*.sqlite3*"):
        path.unlink()


def _run_afresh(mutant: Mutant) -> tuple[str, str]:
    """Meet a mutant of a function that runs while modules are imported: in a process of its own, before all else."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "delphi", Path(folder, "delphi"), ignore=shutil.ignore_patterns("__pycache__"))
        Path(folder, mutant.path).write_text(mutant.source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", *QUICK]
        environment = os.environ | {"PYTHONPATH": folder, "PYTHONSAFEPATH": "1"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    return ("survived" if done.returncode == 0 else "killed"), "in a process of its own"


def _covering(suite: Suite) -> tuple[dict[tuple[str, str], dict[str, set[int]]], dict[str, float]]:
    """Say, for each function, which tests run which of its lines; and how long each test takes."""
    data = coverage.CoverageData(str(suite.out / "coverage"))
    data.read()
    found: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for path in suite.files:
        spans = _spans(path)
        for line, contexts in data.contexts_by_lineno(str(path)).items():
            name = next((name for name, span in spans.items() if line in span), None)
            for context in contexts:
                if name and context:
                    found[str(path.relative_to(ROOT)), name][context.rpartition("|")[0]].add(line)
    return found, json.loads((suite.out / "seconds.json").read_text())


def _spans(path: Path) -> dict[str, range]:
    """Lines of the bodies: the lines of definitions run with whatever imports the module."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")), unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)
    return {
        name: range(places[node.body.body[0]].start.line, places[node].end.line + 1)
        for node, name in _names(wrapper.module).items()
    }


class Stopwatch:
    """A pytest plugin that keeps how long each test took."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == 0:
            (self.out / "seconds.json").write_text(json.dumps(self.seconds))


def _diff(mutant: Mutant) -> str:
    before = (ROOT / mutant.path).read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(before, mutant.source.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def _watch(suite: Suite) -> None:
    """Run all tests once, to learn which runs what."""
    os.environ["COVERAGE_FILE"] = str(suite.out / "coverage")
    sources = [f"--cov={package}" for package in suite.packages]
    options = ["--cov-context=test", "--cov-report=", "--no-cov-on-fail", "--cov-fail-under=0"]
    sys.exit(pytest.main(["-q", *suite.tests, *sources, *options], [Stopwatch(suite.out)]))


def _drawn(given: argparse.Namespace, suite: Suite) -> list[Mutant]:
    wanted = [path.resolve() for path in given.files]
    files = [path for path in suite.files if not wanted or {path, *path.parents} & set(wanted)]
    wording = suite.packages == NUMBERS
    mutants = [mutant for path in files for mutant in mutants_of(path, given.sample, given.seed, wording=wording)]
    random.Random(given.seed).shuffle(mutants)  # a run that is ended early has met a fair sample
    return mutants


def _suite(given: argparse.Namespace) -> Suite:
    wanted = {path.resolve() for path in given.files}
    pages = {path for one in wanted for path in (one, *one.parents)} & {ROOT / package for package in PAGES}
    suite = SUITES["pages" if pages else "numbers"]
    if not given.tests:
        return suite
    name = f"{suite.name}-{sha256(chr(10).join(given.tests).encode()).hexdigest()[:8]}"
    return replace(suite, name=name, tests=(*given.tests, "-k", "not postgresql"))


def main() -> None:
    """Hunt the mutants of the files or folders named, or of all the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--sample", type=float, default=1.0, help="share of the mutants of each file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", nargs="+", help="tests that are to notice, in place of all")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--watch", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    suite = _suite(given)
    suite.out.mkdir(parents=True, exist_ok=True)
    if given.watch:
        _watch(suite)
    if not (suite.out / "seconds.json").exists():
        subprocess.run([sys.executable, *sys.argv, "--watch"], check=True)
    mutants = _drawn(given, suite)
    print(f"{len(mutants)} mutants", flush=True)
    out = given.out or suite.out / "results.jsonl"
    sys.exit(pytest.main(["-q", *suite.tests], [Hunt(suite, mutants, out)]))


if __name__ == "__main__":
    main()
