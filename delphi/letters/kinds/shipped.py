"""Every kind of letter there is, by name."""

from delphi.letters.kinds.kind import Kind
from delphi.letters.kinds.of_rounds import OF_ROUNDS
from delphi.letters.kinds.of_team import OF_TEAM
from delphi.letters.kinds.personal import PERSONAL

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*OF_ROUNDS, *PERSONAL, *OF_TEAM)}
