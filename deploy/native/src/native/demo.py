"""Two servers, two people: they follow each other, post, and read what the other wrote."""


def run() -> None:
    raise SystemExit("later")
