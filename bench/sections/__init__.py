"""The sections of a run, in order: each a module with a sentence and a measure()."""

import dataclasses
import typing

from field import Field
from findings import Findings
from measure import Bench
from selection import Selection
from sections import (
    busy_poll,
    client,
    counts,
    cpu,
    crowd,
    extras,
    fairness,
    generators,
    latency,
    line,
    memory,
    start,
)


@dataclasses.dataclass(frozen=True)
class Section:
    name: str
    what: str
    measure: typing.Callable[[Bench, Field, Selection], Findings]
    whole_field: bool = False  # all peers that echo take part, not only the baseline


SECTIONS = [
    Section("cpu", "CPU time of the server per request, by case", cpu.measure, True),
    Section("line", "the line protocol against Redis", line.measure),
    Section("crowd", "50 active connections among 10,000 idle ones", crowd.measure, True),
    Section("memory", "resident bytes per idle connection", memory.measure, True),
    Section("latency", "response times at one rate", latency.measure, True),
    Section("busy_poll", "one connection's ping-pong with and without spinning", busy_poll.measure),
    Section("extras", "the daemon with everything on against its bare handler", extras.measure),
    Section("generators", "echoline load against an independent generator", generators.measure),
    Section("client", "echoline load: how late it sends, and what it weighs", client.measure),
    Section("fairness", "waits of a quiet connection beside flooding ones", fairness.measure),
    Section("start", "from the start of the process to ready", start.measure),
    Section("syscalls", "system calls per request", counts.measure_syscalls, True),
    Section("instructions", "user instructions per request", counts.measure_instructions, True),
]

BY_NAME = {section.name: section for section in SECTIONS}
