"""What is asked of a server: the table of cases, and nothing about how they are measured."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    connections: int
    size: int = 64  # bytes of a message
    depth: int = 1  # messages in flight per connection
    mode: str = "echo"  # as in loadgen --help

    def generator_arguments(self):
        return [
            f"--mode={self.mode}",
            f"--connections={self.connections}",
            f"--size={self.size}",
            f"--depth={self.depth}",
        ]


CASES = [
    Case("50x64B", connections=50),
    Case("50x64B-depth16", connections=50, depth=16),
    Case("50x16KiB", connections=50, size=16 * 1024),
    Case("1000x64B", connections=1000),
    Case("churn", connections=50, mode="churn"),
    Case("1x64B", connections=1),
]

BY_NAME = {case.name: case for case in CASES}
