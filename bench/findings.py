"""What a section of a run has found: tables for people, plain values for programs."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Table:
    title: str
    header: list[str]
    rows: list[list[str]]
    notes: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Findings:
    tables: list[Table]
    values: dict  # as documented in SCHEMA.md
