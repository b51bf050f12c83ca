"""Options of a command that say what consensus is: scale, rule, quantiles, denominator."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from delphi.consensus.analysis import Definition
    from delphi.consensus.scale import Scale

RULE_HELP = "Key of the consensus rule; the scale proposes one."


def read_pairs(context: click.Context, parameter: click.Parameter, value: Any) -> dict[str, str]:
    """Read name=value pairs, separated by commas or given one by one."""
    del context, parameter
    texts = [value] if isinstance(value, str) else list(value or ())
    values = {}
    for pair in texts:
        name, sign, text = pair.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"“{pair}” is not of the form name=value")
        values[name.strip()] = text.strip()
    return values


def definition_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that define consensus."""
    options = [
        click.option("--scale", help="Key of a scale, or its ends: 1..9. A bundle brings its own."),
        click.option(
            "--agree", default="", help="Options that count as agreement, for a scale given by its ends: 7..9."
        ),
        click.option("--disagree", default="", help="Options that count as disagreement: 1..3."),
        click.option("--rule", help=RULE_HELP),
        click.option(
            "--set", "settings", multiple=True, callback=read_pairs, help="A parameter of the rule: name=value."
        ),
        click.option("--quantiles", type=click.IntRange(1, 9), default=7, show_default=True, help="Quantile type."),
        click.option(
            "--denominator",
            type=click.Choice(["rated", "answered", "shown"]),
            default="rated",
            help="Whom shares are of.",
        ),
        click.option("--min-n", type=click.IntRange(1), default=1, show_default=True, help="Fewest ratings judged."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def definition_from(options: dict[str, Any]) -> "Definition":
    """Make the definition of consensus from the options; what contradicts itself is a usage error."""
    from delphi.consensus.analysis import Definition
    from delphi.consensus.rules.parsing import rule_from

    if not options["scale"]:
        raise click.UsageError("Missing option '--scale': say which scale the ratings are on.")
    try:
        scale = _scale(options["scale"], options["agree"], options["disagree"])
        proposed = scale.settings if options["rule"] in (None, scale.rule) else {}
        rule = rule_from(options["rule"] or scale.rule, {**proposed, **options["settings"]}, scale)
        return Definition(scale, rule, options["quantiles"], options["denominator"], options["min_n"])
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _scale(name: str, agree: str, disagree: str) -> "Scale":
    from delphi.consensus.rules.parsing import read_set
    from delphi.consensus.scale import Scale
    from delphi.consensus.shipped_scales import SCALES

    if name in SCALES:
        if agree or disagree:
            raise ValueError("--agree and --disagree belong to a scale given by its ends, such as 1..9")
        return SCALES[name]
    ends = re.fullmatch(r"(-?[0-9]{1,4})\.\.(-?[0-9]{1,4})", name)
    if not ends:
        raise ValueError(f"there is no scale “{name}”; there are {', '.join(SCALES)}, or ends: 1..9")
    return Scale.from_zones(int(ends[1]), int(ends[2]), read_set(agree), read_set(disagree))
