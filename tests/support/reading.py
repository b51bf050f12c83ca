"""The words that a person reads on pages of cards: what every card repeats is read once."""

from lxml import html

LINES = {"p", "li", "h1", "h2", "h3", "label", "summary", "button", "figcaption", "th", "td", "dt", "dd", "text"}
UNREAD = ".//table | .//script | .//*[local-name()='title' or local-name()='desc'] | .//details//details"
UNSEEN = " | .//textarea | .//*[@hidden or contains(' unseen vh ', concat(' ', @class, ' '))]"


def words_to_read(pages):
    """Count the words of all cards; a line that stands on each card counts once."""
    cards = [lines_of(card) for page in pages for card in html.fromstring(page).xpath("//article[@data-statement]")]
    repeated = set.intersection(*map(set, cards))
    own = [line for card in cards for line in card if line not in repeated]
    return len(cards), sum(any(map(str.isalnum, word)) for line in [*own, *repeated] for word in line.split())


def lines_of(card):
    """The lines of a card as they are seen: no numbers told again in a table, nothing that stays folded in a fold."""
    for part in card.xpath(UNREAD + UNSEEN):
        if part.getparent() is not None:
            part.drop_tree()
    return [line for line in _lines(card) if line]


def _lines(element):
    if not any(_is_line(inner) for inner in element.iterdescendants()):
        return [" ".join(element.text_content().split())]
    found = [" ".join((element.text or "").split())]
    for inner in element:
        found += [*_lines(inner), " ".join((inner.tail or "").split())]
    return found


def _is_line(element):
    return element.tag in LINES
