"""Why something could not be sent."""


class NotSent(Exception):
    """`forever`: trying again would not help."""

    def __init__(self, why: str, *, forever: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.forever = forever
