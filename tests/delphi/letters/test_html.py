"""The HTML part says what the text says, escaped, in the direction of its language, with nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest

from delphi.letters import html

BODY = "Dear Zoë <script>alert(1)</script>,\n\nFirst & last\nsecond line\n- one\n- two\n\nhttp://x.example/p/abc\n\nSee http://x.example/a?b=1&c=2."


class Reader(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.said, self.tags, self.links = [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.said.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.said).split())


def test_every_word_of_the_text_stands_in_the_html_escaped():
    read = Reader(html.render("Subject", BODY, "Questions: Ada", "en"))
    words = [word for word in BODY.replace("- ", "").split() if not word.startswith("http")]
    assert " ".join(words[:6]) in read.words
    assert all(word in read.words for word in words)
    assert "script" not in read.tags
    assert set(read.links) == {"http://x.example/p/abc", "http://x.example/a?b=1&c=2"}


def test_lists_and_lone_links_have_their_own_form():
    kinds = [block.kind for block in html.blocks(BODY)]
    assert kinds == ["text", "text", "list", "link", "text"]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("nl", "ltr"), ("ar", "rtl"), ("fa", "rtl")])
def test_a_letter_says_its_language_and_direction(language, direction):
    written = html.render("Subject", "Body", "Foot", language)
    assert f'<html lang="{language}" dir="{direction}">' in written
    assert f'<body class="page" dir="{direction}"' in written


def test_nothing_is_fetched_from_anywhere():
    written = html.render("Subject", "Body", "Foot", "en")
    assert not re.search(r"<img|<link|src=|url\(|@import|https?:", written)
