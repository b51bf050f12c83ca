"""Files that are whole or not there."""

import pytest

from exports.whole import whole


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"before")

    def stops_midway():
        with whole(path) as half:
            half.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stops_midway()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_whole_takes_its_place(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"before")
    with whole(path) as half:
        half.write_bytes(b"after")
        assert path.read_bytes() == b"before"
        assert half.suffix == path.suffix
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"after", [path])
