"""The one exception that bench/run turns into a message and exit code 1."""


class Failure(Exception):
    """The measurement cannot be made, or what was measured is not valid. str() says why."""
