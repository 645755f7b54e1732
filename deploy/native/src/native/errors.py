"""What the runner refuses, in one sentence a person can act on."""

from pathlib import Path

TAIL_LINES = 15


class Refusal(Exception):  # noqa: N818  # it is the runner's answer, not its fault
    """The sentence, and the log that tells more, if there is one."""

    def __init__(self, sentence: str, log: Path | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.log = log

    def tail(self) -> str:
        if self.log is None or not self.log.exists():
            return ""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-TAIL_LINES:])
