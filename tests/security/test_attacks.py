"""Every known way from a name to an answer, tried by a lead who takes everything and knows the roster: none may lead there."""

import re
from dataclasses import replace
from itertools import combinations
from types import NoneType

import pytest
from attacks import Attacker, Got, K
from browsing import HOST, SECRET
from commands import written
from databases import Template
from harvest import FAILED
from inference import cells_of
from linking import downloads
from links import LINK, look
from sqlalchemy import select
from story import repeated, watch
from study import CHANGED, LATE, LEAVERS, MINE, WITHDRAWN, begin, remark_of
from verdicts import EACH_GROUP, LEANINGS, hidden_group

from delphi.model.panel import Panelist
from exports.record.reader_profile import BUNDLE_PROFILES

ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
MOST_SURE = 0.05  # of the answers of one who left or joined

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def fails(figures):
    """Check that a way gave nothing, and note what it gave."""

    def check(got):
        figures.append(got.line())
        assert (len(got.narrowed), len(got.exact)) == (0, 0), got.line()

    return check


def about(attacker, way, chosen):
    """What was derived, by a condition on the claim and on whether its set was published."""
    return attacker.marked(way, [claim for claim, shown in attacker.derived() if chosen(claim, shown)])


def test_the_study_was_played_to_its_end(attacker):
    assert [one.event for one in attacker.seen.views if one.role == "ada"][-1] == "end 4"
    assert set(attacker.play.left) == set(WITHDRAWN.values())
    assert {number: len(who) for number, who in attacker.seen.finished.items()} == {1: 56, 2: 52, 3: 50}


def test_numbers_were_seen_that_can_be_attacked(attacker):
    assert {number for number, _ in attacker.cells} == {1, 2, 3}
    assert all(attacker.known(number, "S1", ("ada",)) for number in (1, 2, 3))


def test_no_page_and_no_file_ended_in_an_error(attacker):
    assert attacker.seen.finished
    assert sorted(set(FAILED)) == []


def test_no_small_group_is_shown(attacker, fails):
    fails(about(attacker, "small group", lambda _claim, shown: shown))


def test_a_withdrawal_changes_no_published_number(attacker, fails):
    name = WITHDRAWN[1]
    fails(about(attacker, "withdrawal, before and after", lambda claim, shown: name in claim.people and not shown))


def test_a_killed_worker_counts_whom_the_close_counted(attacker, fails):
    name = WITHDRAWN[2]
    fails(about(attacker, "crash: the worker counts others", lambda claim, shown: name in claim.people and not shown))


def test_a_change_of_group_tells_no_answer(attacker, fails):
    fails(about(attacker, "change of group", lambda claim, shown: CHANGED in claim.people and not shown))


def test_nothing_else_follows_from_unions_and_differences(attacker, fails):
    told = {CHANGED, *WITHDRAWN.values()}
    fails(about(attacker, "other unions and differences", lambda claim, shown: not shown and not told & claim.people))


def test_everybody_has_two_options_unless_a_shown_set_is_unanimous(attacker):
    assert attacker.without_choice() == []


def test_no_comment_goes_missing_with_its_author(attacker, fails):
    fails(attacker.comments())


def test_downloads_cannot_be_put_together_by_content(attacker, fails):
    fails(attacker.by_content())


def test_three_answers_find_no_row(attacker, figures):
    found = attacker.by_three_answers()
    figures.append(f"{'rows found by who knows three answers':<44}{found:>7}")
    assert found == 0


def test_pairs_tell_nobody_who_left_or_joined(attacker, fails):
    fails(attacker.pairs())


def test_guesses_are_seldom_sure(attacker, figures):
    score = attacker.guesses()
    for name, one in sorted(score.items()):
        label = f"guess: {name}, right (from one round) of {one.n}"
        figures.append(f"{label:<44}{one.right:>7}{f'({one.usual})':>10}   {one.sure} of them sure at odds of 9:1")
    assert {*score} >= {LATE, *LEAVERS}
    assert {name for name, one in score.items() if one.sure > MOST_SURE * one.n} == set()


def test_files_are_the_same_bytes_each_time(attacker, figures):
    differ = repeated(attacker.seen)
    figures.append(f"{'files that differ from download to download':<44}{len(differ):>7}")
    assert differ == set()


def test_no_role_and_no_two_roles_get_further(attacker, figures):
    roles = ("ada", "ben", "mia", "vic")
    reach = {}
    for who in [*((role,) for role in roles), *combinations(roles, 2)]:
        got = attacker.marked(" and ".join(who), [claim for claim, _ in attacker.derived(who)])
        reach[who] = len(got.narrowed)
    titles = {"ada": "owner", "ben": "analyst", "mia": "panel manager", "vic": "viewer"}
    for who, n in reach.items():
        label = "numbers seen by " + " and ".join(titles[role] for role in who)
        figures.append(f"{label:<51}{n:>10}")
    assert set(reach.values()) == {0}


def test_no_letter_and_no_line_of_the_panel_tells_who_said_what(attacker):
    told = [text for to, _, text in attacker.play.letters if "ada@" in to]
    told += [text for pages in attacker.seen.panel.values() for text in pages.values()]
    names = [name for name in attacker.play.groups if name != "Panelist 40"]
    assert [name for text in told for name in names if re.search(rf"{name}\b", text)] == []


@pytest.fixture(scope="module")
def by_command(attacker, tmp_path_factory):
    """What the command line wrote, and how each command ended."""
    return written(attacker.play, tmp_path_factory.mktemp("commands"))


def test_no_command_ended_in_an_error(by_command):
    _view, ended = by_command
    assert {name for name, result in ended.items() if not isinstance(result.exception, SystemExit | NoneType)} == set()


def test_commands_write_counts_and_bundles(by_command):
    view, ended = by_command
    assert {cell.round for cell in cells_of([view])} == {1, 2, 3}
    assert ended["bundle --profile public"].exit_code == ended["bundle --profile analyst"].exit_code == 0


@pytest.mark.parametrize("profile", BUNDLE_PROFILES)
def test_no_command_writes_rows_of_a_sealed_study(by_command, profile):
    view, ended = by_command
    refused = ended[f"data --profile {profile}"]
    assert (refused.exit_code, "sealed" in refused.output) == (1, True), refused.output
    assert downloads([view]) == []


def test_commands_tell_no_more_than_pages(attacker, by_command, fails):
    view, _ended = by_command
    everything = Attacker(attacker.play, replace(attacker.seen, views=[*attacker.seen.views, view]))
    roles = ("ada", "ben", "mia", "vic", view.role)
    fails(everything.marked("command line", [claim for claim, _ in everything.derived(roles)]))


def test_the_log_names_nobody_and_tells_no_answer(attacker):
    lines, play = "\n".join(attacker.play.log), attacker.play
    with play.database.transaction(writing=False) as session:
        codes = set(session.scalars(select(Panelist.code)))
    tokens = {token for _, _, text in play.letters for token in LINK.findall(text)}
    secret = {*play.groups, *codes, *tokens, *(remark_of(name) for name in play.groups), *ADDRESSES.findall(lines)}
    assert "Killed" in lines
    assert len(tokens) > len(codes) > 50
    assert [word for word in secret - {""} if re.search(rf"\b{re.escape(word)}\b", lines)] == []
    assert not re.search(r"answer-\d|INSERT INTO rating|parameters:", lines)


@pytest.fixture
def fresh(tmp_path):
    with Template("sqlite", tmp_path).copy() as url:
        yield url


def test_a_hidden_group_decides_no_verdict(fresh, fails):
    play = begin(fresh, HOST, SECRET, **EACH_GROUP)
    play.rounds, play.leanings = 1, LEANINGS
    fails(hidden_group(Attacker(play, watch(play)), "carers"))


def test_links_mailed_to_a_corrected_address_show_no_answer(attacker, fails):
    mailed = {token for to, _, text in attacker.play.letters if MINE in to for token in LINK.findall(text)}
    assert mailed
    got = Got("link mailed to a corrected address")
    for token in mailed:
        thief = attacker.play.app.test_client()
        assert thief.send(f"/p/{token}").status_code == 303
        look(attacker.play, thief, got, {})
    fails(got)


def test_the_smallest_cell_is_that_of_the_study(attacker):
    assert f"{K}" in attacker.play.lead.get(f"{attacker.play.at}/protocol").text
