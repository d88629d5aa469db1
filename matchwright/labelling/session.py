"""A labelling session: a queue of pairs, and the answers so far. It does no input or output."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Label = Literal["1", "0", "unsure"]
Answer = tuple[str, str, Label]
"""left_key, right_key, label."""


@dataclass(frozen=True)
class Session:
    """Pairs to ask about, the index of the next one, and the answers in their order.

    A session never changes: every method returns a new one.
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
        """The session before the last answer; the same session without any answer."""
        return replace(self, index=self.index - 1, answers=self.answers[:-1]) if self.answers else self
