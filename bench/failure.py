"""The one exception that the scripts turn into a message and exit code 1."""


class Failure(Exception):
    """The measurement cannot be made, or what was measured is not valid. str() says why, in one
    line, whatever a program that was run had to say."""

    def __str__(self) -> str:
        return " ".join(super().__str__().split())
