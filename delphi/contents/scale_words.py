"""The words of a scale: its options, its bands and its opt-out, in the study's own words.

The values of a scale stay; a study keeps only words that differ from those that come with the platform in English.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from delphi.consensus.scale import Scale
from delphi.translations import LANGUAGES, N_, PSEUDO, translations

SHIPPED = frozenset(
    {
        N_("agree"),
        N_("appropriate"),
        N_("agreement"),
        N_("critical"),
        N_("disagree"),
        N_("disagreement"),
        N_("essential"),
        N_("important"),
        N_("important but not critical"),
        N_("inappropriate"),
        N_("limited importance"),
        N_("low importance"),
        N_("moderately important"),
        N_("neither agree nor disagree"),
        N_("neutral"),
        N_("no"),
        N_("not important"),
        N_("not qualified"),
        N_("not qualified to respond"),
        N_("outside my field"),
        N_("slightly important"),
        N_("somewhat agree"),
        N_("somewhat disagree"),
        N_("strongly agree"),
        N_("strongly disagree"),
        N_("unable to score"),
        N_("uncertain"),
        N_("very important"),
        N_("yes"),
    }
)


def words_of(scale: Scale) -> dict[str, str]:
    """The words of a scale by item: ``scale.label.4``, ``scale.band.0``, ``scale.opt_out``; numbers are no words.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> words_of(SCALES["grade9"])["scale.band.2"], words_of(SCALES["yesno"])["scale.label.1"]
    ('critical', 'yes')
    """
    labels = {} if scale.numbered else dict(zip(scale.values, scale.labels, strict=True))
    words = {f"scale.label.{value}": label for value, label in labels.items()}
    words |= {f"scale.band.{zone}": name for zone, name in enumerate(scale.zone_names) if name}
    return words | ({"scale.opt_out": scale.opt_out} if scale.opt_out else {})


def worded(scale: Scale, words: Mapping[str, str]) -> Scale:
    """The scale in other words, by item; what is not named keeps its word.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> worded(SCALES["yesno"], {"scale.label.1": "ja"}).labels
    ('no', 'ja')
    """
    own = {item: word for item, word in words.items() if word and item in words_of(scale)}
    if not own:
        return scale
    zones = [own.get(f"scale.band.{zone}", name) for zone, name in enumerate(scale.zone_names)]
    relabelled = any(item.startswith("scale.label.") for item in own)
    return replace(
        scale,
        labels=tuple(own.get(f"scale.label.{value}", scale.labels[value - scale.lo]) for value in scale.values),
        zone_names=(zones[0], zones[1], zones[2]),
        opt_out=own.get("scale.opt_out", scale.opt_out),
        short=() if relabelled else scale.short,
    )


def shipped(scale: Scale, language: str) -> dict[str, str]:
    """The words of a shipped scale as the catalogue of a language says them; those that it does not know are left out.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> shipped(SCALES["yesno"], "en")
    {}
    """
    if language == "en" or language not in LANGUAGES | PSEUDO:
        return {}
    catalogue = translations(language)
    said = {item: catalogue.gettext(word) for item, word in words_of(scale).items() if word in SHIPPED}
    return {item: word for item, word in said.items() if word}


@cache
def english_words(language: str) -> dict[str, str]:
    """The English words of scales by their translation into a language; what two words have in common leads to none."""
    if language == "en" or language not in LANGUAGES | PSEUDO:
        return {}
    said = {word: translations(language).gettext(word) for word in sorted(SHIPPED)}
    counted = Counter(said.values())
    return {told: word for word, told in said.items() if counted[told] == 1}
