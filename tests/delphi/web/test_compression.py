"""Pages, styles and scripts leave compressed, and their length tells nothing (TRUST 6)."""

import gzip
import re

import pytest
from browsing import HOST

from delphi.web.compression import LONGEST_NAME

GZIP = {"Accept-Encoding": "br, gzip"}


@pytest.fixture
def page(ada):
    """The list of studies, compressed."""
    return ada.get("/studies", headers=GZIP)


def static_file(ada) -> str:
    return re.search(r'"(/static/components[^"]+)"', ada.get("/studies").text)[1]


def test_a_page_leaves_compressed_and_whole(ada, page):
    assert page.headers["Content-Encoding"] == "gzip"
    assert int(page.headers["Content-Length"]) == len(page.data)
    assert gzip.decompress(page.data).decode().endswith("</html>")
    assert len(page.data) < len(ada.get("/studies").data) / 2


def test_a_style_sheet_leaves_compressed_and_is_kept(ada):
    path = static_file(ada)
    answer = ada.get(path, headers=GZIP)
    assert gzip.decompress(answer.data) == ada.get(path).data
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ada.get(path, headers={**GZIP, "If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_who_reads_no_gzip_gets_a_plain_page(ada, accepted):
    answer = ada.get("/studies", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/studies/care/statements.csv", "/studies/care/statements.xlsx"])
def test_a_file_for_people_leaves_as_it_is(ada, path):
    answer = ada.get(path, headers=GZIP)
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)


def test_tiny_answers_and_heads_leave_as_they_are(ada):
    assert "Content-Encoding" not in ada.get("/nowhere", base_url="http://evil.example.org", headers=GZIP).headers
    assert "Content-Encoding" not in ada.get("/", headers=GZIP).headers  # leads on
    assert "Content-Encoding" not in ada.head("/studies", headers=GZIP).headers


def test_an_error_page_leaves_compressed_with_its_headers(ada):
    answer = ada.get("/studies/nowhere", headers=GZIP)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (404, "gzip")
    assert "Content-Security-Policy" in answer.headers


def test_the_length_of_a_page_differs_by_chance(ada):
    lengths = {len(ada.get("/studies", headers=GZIP).data) for _ in range(12)}
    assert len(lengths) > 1
    assert max(lengths) - min(lengths) < LONGEST_NAME + 200


def test_no_token_stands_in_two_answers_and_each_is_taken(ada):
    pages = [ada.get("/studies/care/rounds/1").text for _ in range(3)]
    tokens = [set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)) for page in pages]
    assert all(len(found) == 1 for found in tokens[1:])
    assert len(set.union(*tokens)) == 3
    for token in set.union(*tokens):
        answer = ada.post("/language", data={"csrf_token": token, "language": "nl", "back": "/"})
        assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("change", [lambda t: t[:-8], lambda t: "A" * len(t), lambda t: t[8:] + t[:8]])
def test_a_token_that_was_changed_is_refused(ada, change):
    ada.get("/studies")
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', ada.get("/studies").text)[0]
    answer = ada.post("/language", data={"csrf_token": change(token), "language": "nl"}, base_url=HOST)
    assert answer.status_code == 400
