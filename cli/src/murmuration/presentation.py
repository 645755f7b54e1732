"""What commands show, made readable for a person at a terminal."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec
from rich import box
from rich.markup import escape
from rich.table import Table

from murmuration.console import out
from social.accounts.model import Account, Counts
from social.announcements.model import Announcement
from social.discovery.review import Used
from social.emojis.model import Emoji
from social.users.model import Credentials

NOTHING = "-"
BODY_SHOWN = 400


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """What waits in a queue; None where the queue is not declared."""

    name: str
    ready: int | None
    consumers: int | None
    waiting: int | None
    dead: int | None


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be handled."""

    died_at: dt.datetime | None
    reason: str
    event_id: str
    body: str


def table(*columns: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def show_emojis(found: Sequence[Emoji]) -> None:
    shown = table("Shortcode", "Category", "State")
    for emoji in found:
        state = "[red]disabled[/red]" if emoji.disabled else "in use"
        shown.add_row(f":{escape(emoji.shortcode)}:", escape(emoji.category or NOTHING), state)
    out.print(shown)


def show_created(handle: str, email: str, password: str | None) -> None:
    show_password(f"Created [bold]{escape(handle)}[/bold], who signs in as {escape(email)}", password)


def show_password(sentence: str, password: str | None) -> None:
    """A password that somebody chose is known to them, and not shown."""
    out.print(sentence, highlight=False, soft_wrap=True)
    if password:
        out.print(f"Password: [bold]{escape(password)}[/bold]", highlight=False, soft_wrap=True)


def state_of(person: Credentials) -> str:
    if person.suspended_at:
        return "[red]suspended[/red]"
    if person.disabled_at:
        return "[red]disabled[/red]"
    return "[green]active[/green]" if person.confirmed_at else "[yellow]unconfirmed[/yellow]"


def show_people(people: Sequence[Credentials]) -> None:
    if not people:
        out.print("Nobody yet: murmuration accounts create NAME --email ADDRESS", highlight=False)
        return
    listed = table("Name", "E-mail", "Role", "State")
    for person in people:
        listed.add_row(f"@{person.username}", escape(person.email), person.role.value, state_of(person))
    out.print(listed)


def show_person(account: Account, person: Credentials | None, counts: Counts | None, domain: str) -> None:
    counted = counts or Counts()
    listed = Table(box=None, show_header=False, pad_edge=False)
    listed.add_column(style="dim")
    listed.add_column(overflow="fold")
    rows = {
        "Handle": f"@{account.username}@{domain}",
        "Name": escape(account.display_name) or NOTHING,
        "Address": account.uri,
        "E-mail": escape(person.email) if person else NOTHING,
        "Role": person.role.value if person else NOTHING,
        "State": state_of(person) if person else "nobody signs in",
        "Since": f"{account.created_at:%Y-%m-%d %H:%M} UTC",
        "Posts": str(counted.statuses),
        "Followers": str(counted.followers),
        "Following": str(counted.following),
    }
    for name, value in rows.items():
        listed.add_row(name, value)
    out.print(listed, highlight=False)


def show_depths(depths: Iterable[Depth]) -> None:
    listed = table("Queue")
    for column in ("Ready", "To retry", "Dead", "Consumers"):
        listed.add_column(column, justify="right")
    for depth in depths:
        if depth.ready is None:
            listed.add_row(depth.name, "[red]not declared[/red]", "", "", "")
            continue
        dead = f"[red]{depth.dead}[/red]" if depth.dead else "0"
        consumers = str(depth.consumers) if depth.consumers else "[yellow]0[/yellow]"
        listed.add_row(depth.name, str(depth.ready), str(depth.waiting), dead, consumers)
    out.print(listed)


def show_letters(queue: str, letters: Sequence[Letter]) -> None:
    if not letters:
        out.print(f"{queue} has no dead letters", highlight=False)
        return
    listed = table("Died", "Why", "Event", "Message")
    for letter in letters:
        died_at = f"{letter.died_at:%Y-%m-%d %H:%M:%S}" if letter.died_at else NOTHING
        body = letter.body if len(letter.body) <= BODY_SHOWN else f"{letter.body[:BODY_SHOWN]}…"
        listed.add_row(died_at, letter.reason or NOTHING, letter.event_id or NOTHING, escape(body))
    out.print(listed)


def show_announcements(found: Sequence[Announcement]) -> None:
    if not found:
        out.print("Nothing was announced yet: murmuration announcements add TEXT", highlight=False)
        return
    listed = table("Id", "State", "Published", "Ends", "Text")
    for one in found:
        shown_at = one.published_at or one.scheduled_at
        listed.add_row(
            str(one.id), _state_of_announcement(one), _minute(shown_at), _minute(one.ends_at), escape(one.text)
        )
    out.print(listed)


def _state_of_announcement(one: Announcement) -> str:
    if one.published_at:
        return "[green]published[/green]"
    return "[yellow]planned[/yellow]" if one.scheduled_at else "over"


def _minute(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else NOTHING


def show_trends(found: Sequence[Used], *, by_default: bool) -> None:
    undecided = "may go round" if by_default else "[yellow]waits to be allowed[/yellow]"
    decided = {True: "[green]allowed[/green]", False: "[red]refused[/red]", None: undecided}
    listed = table("What", "People", "State")
    for one in found:
        listed.add_row(escape(one.what), str(one.accounts), decided[one.trendable])
    out.print(listed)
