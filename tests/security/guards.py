"""Guards of the product that a test can switch off, by name: with one off, the attacker has to find the way in again."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

KILLED = ("rounds.seal.sealing.complete_apart",)  # what counts a closed round


class Killed(Exception):
    """The process that was counting is gone."""


# Name of a guard: the functions that do its work, and what stands in for each while it is off.
REGISTRY: dict[str, dict[str, Callable[..., object]]] = {
    "smallest_cell": {
        "rounds.seal.plan.shown_groups": lambda now, _earlier, **_terms: [group for group in now if group],
        "rounds.seal.plan.shown_in_statement": lambda _rated, shown, _k: [*shown],
    },
    "show_plan_rest": {
        "rounds.seal.plan.shown_groups": lambda now, _earlier, *, k, **_terms: [
            group for group in now if group and len(now[group]) >= k
        ],
        "rounds.seal.plan.shown_in_statement": lambda rated, shown, k: [one for one in shown if rated[one] >= k],
    },
    "show_plan_between_rounds": {
        "delphi.consensus.disclosure.show_plan._group_may_follow": lambda *_: True,
        "delphi.consensus.disclosure.show_plan._rest_may_follow": lambda *_: True,
    },
    "bands": {"rounds.seal.plan.may_show_band": lambda *_: True},
}


def present(name: str) -> bool:
    """Whether a function, by its dotted name, is there."""
    module, _, function = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), function)
    except ImportError:
        return False


@contextmanager
def off(name: str) -> Iterator[None]:
    """Switch a guard off."""
    with ExitStack() as stack:
        for function, instead in REGISTRY[name].items():
            stack.enter_context(patch(function, instead))
        yield


@contextmanager
def killed_worker(*, wanted: bool) -> Iterator[None]:
    """Let whatever counts a closed round die each time it begins."""
    with ExitStack() as stack:
        for name in KILLED if wanted else ():
            if present(name):
                stack.enter_context(patch(name, side_effect=Killed))
        yield
