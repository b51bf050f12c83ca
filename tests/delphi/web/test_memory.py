"""What a process remembers: a piece is made once, and the number of pieces is bounded."""

from delphi.web.memory import Memory


def test_a_piece_is_made_once_under_its_name():
    memory, made = Memory(), []
    for name in ("a", "a", "b"):
        memory.remember(name, lambda: made.append(1) or len(made))
    assert len(made) == 2


def test_what_was_not_used_longest_goes_first():
    memory = Memory(most=2)
    for name in ("a", "b", "a", "c"):
        memory.remember(name, name.upper)
    assert memory.remember("a", lambda: "anew") == "A"
    assert memory.remember("b", lambda: "anew") == "anew"


def test_what_is_forgotten_is_made_anew():
    memory = Memory()
    memory.remember("a", lambda: 1)
    memory.forget()
    assert memory.remember("a", lambda: 2) == 2
