"""A labelling session: a queue of pairs, and the answers so far. No input or output of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Label = Literal["1", "0", "unsure"]
Answer = tuple[str, str, Label]
"""left_key, right_key, label."""


@dataclass(frozen=True)
class Session:
    """Pairs to ask about, the place of the next one, and the answers given, in their order.

    A session is a value: every act returns the session after it.
    """

    queue: tuple[tuple[str, str], ...]
    index: int = 0
    answers: tuple[Answer, ...] = field(default=())

    @property
    def done(self) -> bool:
        """Whether every pair was answered."""
        return self.index >= len(self.queue)

    @property
    def current(self) -> tuple[str, str]:
        """The pair to ask about."""
        return self.queue[self.index]

    def answer(self, label: Label) -> "Session":
        """The session with the current pair answered."""
        return replace(self, index=self.index + 1, answers=(*self.answers, (*self.current, label)))

    def ask(self, pairs: Iterable[tuple[str, str]]) -> "Session":
        """The session with more pairs to ask about at the end of its queue."""
        return replace(self, queue=(*self.queue, *pairs))

    def back(self) -> "Session":
        """The session before the last answer; the same where there was none."""
        return replace(self, index=self.index - 1, answers=self.answers[:-1]) if self.answers else self
