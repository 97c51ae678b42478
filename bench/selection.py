"""What of a run is wanted."""

import dataclasses

import cases
import peers
from failure import Failure
from field import OURS


@dataclasses.dataclass(frozen=True)
class Selection:
    """What of a run is wanted: everything, or what --only names."""

    sections: list[str]
    cases: list[str]
    peers: list[str]

    @classmethod
    def parse(cls, text: str, section_names: list[str]) -> "Selection":
        words = [word.strip() for word in text.split(",") if word.strip()]
        known = {*section_names, *cases.BY_NAME, *peers.BY_NAME, OURS}
        for word in words:
            if word not in known:
                raise Failure(f"--only: there is no section, case or peer {word!r}; see --list")
        return cls(
            sections=[word for word in words if word in section_names],
            cases=[word for word in words if word in cases.BY_NAME],
            peers=[word for word in words if word in peers.BY_NAME],
        )

    def chosen(self, table: list[cases.Case]) -> list[cases.Case]:
        """Those of the table that were named; all if none was of all tables."""
        return [case for case in table if not self.cases or case.name in self.cases]
