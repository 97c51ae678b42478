"""What is asked of a server: the tables of cases, and nothing about how they are measured."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    connections: int
    size: int = 64  # bytes of a message
    depth: int = 1  # messages in flight per connection
    mode: str = "echo"  # as in loadgen --help

    def generator_arguments(self) -> list[str]:
        return [
            f"--mode={self.mode}",
            f"--connections={self.connections}",
            f"--size={self.size}",
            f"--depth={self.depth}",
        ]


FIFTY = Case("50x64B", connections=50)
ONE = Case("1x64B", connections=1)
CHURN = Case("churn", connections=50, mode="churn")

# All servers that echo.
ECHO = [
    ONE,
    FIFTY,
    Case("1000x64B", connections=1000),
    Case("50x64B-depth16", connections=50, depth=16),
    Case("50x16KiB", connections=50, size=16 * 1024),
    Case("8x1MiB", connections=8, size=1024 * 1024),
    CHURN,
]

# Servers that answer "PING" lines with "+PONG".
LINE = [
    Case(f"line-depth{depth}", connections=50, mode="line", depth=depth)
    for depth in (1, 16, 64, 256)
]

BY_NAME = {case.name: case for case in [*ECHO, *LINE]}
