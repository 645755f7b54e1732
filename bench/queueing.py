"""How large fan-outs queue: events on a clock, workers that compute one thing at a time, hosts that answer or do not.

What services/delivery does, told in its own words and without its machinery: a post to many goes out in *strands*, each
of which has one message under way that carries a *slice* of deliveries; a delivery that takes longer than the worker's
*patience* gives its place away; hosts that fail are tried again, and given up in the end. Pure: the same seed gives the
same history.
"""

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

Then = Callable[[], None]


class Clock:
    """What happens, in its order."""

    def __init__(self) -> None:
        self.now = 0.0
        self._numbers = itertools.count()
        self._future: list[tuple[float, int, Then]] = []

    def at(self, time: float, then: Then) -> None:
        heapq.heappush(self._future, (time, next(self._numbers), then))

    def after(self, seconds: float, then: Then) -> None:
        self.at(self.now + seconds, then)

    def run(self, until: float = float("inf")) -> None:
        """Until nothing is left to happen, or the time has come."""
        while self._future and self._future[0][0] <= until:
            self.now, _, then = heapq.heappop(self._future)
            then()
        if until < float("inf"):
            self.now = until


class Core:
    """Computes one thing after the other, in the order they were asked for: an event loop, or one core."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_at = 0.0
        self.busy = 0.0

    def compute(self, seconds: float, then: Then) -> None:
        self._free_at = max(self._clock.now, self._free_at) + seconds
        self.busy += seconds
        self._clock.at(self._free_at, then)


class Host(msgspec.Struct):
    """A server elsewhere, and what is known of it here."""

    answers_after: Callable[[random.Random], float]
    fails: bool = False
    is_met: bool = False
    """Whether a connection to it stays open."""
    under_way: int = 0
    waiting: deque[Then] = msgspec.field(default_factory=deque)
    failures: int = 0
    failing_since: float = 0.0
    given_up: bool = False


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """As the settings of delivery, with their defaults."""

    few: int = 16
    """What goes to so many hosts goes out at once, before all that goes to many."""
    slice: int = 32
    strands: int = 64
    prefetch: int = 12
    patience: float = 0.3
    stragglers: int = 1000
    standing: int = 500
    """With so many hosts each worker keeps connections open."""
    per_host: int = 8
    deadline: float = 15
    retries: tuple[float, ...] = (5, 25, 90)
    failures: int = 5
    failing_for: float = 10
    called: int = 500
    """Of those that wait for another try, so many come back each second."""
    together: int = 32
    """In messages of so many."""


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured: seconds of a worker's CPU, and of waiting for others of our own processes."""

    before: float
    """Of a delivery until its request is on its way."""
    after: float
    """Of an answer, with a part of what is written down for all of a message."""
    meeting: float
    """Besides, the first time: to connect."""
    setback: float
    """Besides, of one that failed or took long: what it takes to hold it, and to end that."""
    settling: float
    """For which a message keeps its place while PostgreSQL writes down what came of it."""
    begin: float
    """From the COMMIT of a post until its first messages are with a worker."""
    turn: float
    """From the end of a message until its strand's next is in the queue: outbox, relay, broker."""


class Job(msgspec.Struct, frozen=True, eq=False):
    """One activity for one host."""

    post: int
    host: Host
    posted_at: float
    attempts: int = 0


class Message(msgspec.Struct, eq=False):
    """The next slice of a strand, or a few deliveries that have a message of their own."""

    jobs: Sequence[Job]
    rest: deque[Sequence[Job]]
    """What its strand carries after it."""
    left: int = 0
    is_over: bool = False


class Worker:
    """One process: a core, places for messages, and stragglers that need none."""

    def __init__(self, service: "Service") -> None:
        self._service = service
        self.core = Core(service.clock)
        self.free = service.rules.prefetch
        self.stragglers = 0
        self.most_stragglers = 0

    def take(self, message: Message) -> None:
        self.free -= 1
        message.left = len(message.jobs)
        for job in message.jobs:
            self._enter(job, message)
        if self.stragglers + message.left <= self._service.rules.stragglers:
            self._service.clock.after(self._service.rules.patience, lambda: self._lose_patience(message))

    def _enter(self, job: Job, message: Message) -> None:
        """Wait for a place with the host."""
        if job.host.given_up:
            self.core.compute(self._service.costs.setback, lambda: self._hold(job, message))
        elif job.host.under_way < self._service.rules.per_host:
            job.host.under_way += 1
            costs = self._service.costs
            connecting = 0.0 if job.host.is_met else costs.meeting
            self._service.meet(job.host)
            self.core.compute(connecting + costs.before, lambda: self._send(job, message))
        else:
            job.host.waiting.append(lambda: self._enter(job, message))

    def _hold(self, job: Job, message: Message) -> None:
        self._service.hold(job)
        self._done(message)

    def _send(self, job: Job, message: Message) -> None:
        service = self._service
        seconds = job.host.answers_after(service.chance)
        if not job.host.fails:
            service.arrived(job)
        service.clock.after(
            min(seconds, service.rules.deadline),
            lambda: self.core.compute(service.costs.after, lambda: self._answered(job, message, seconds)),
        )

    def _answered(self, job: Job, message: Message, seconds: float) -> None:
        job.host.under_way -= 1
        if job.host.waiting:
            job.host.waiting.popleft()()
        if job.host.fails or seconds > self._service.rules.deadline:
            self.core.compute(self._service.costs.setback, lambda: self._service.failed(job))
        else:
            job.host.failures = 0
        self._done(message)

    def _done(self, message: Message) -> None:
        message.left -= 1
        if message.is_over:
            self.stragglers -= 1
        elif message.left == 0:
            self._finish(message)

    def _lose_patience(self, message: Message) -> None:
        """Others get the places of what is still on its way, which is written down meanwhile."""
        if message.is_over:
            return
        self.stragglers += message.left
        self.most_stragglers = max(self.most_stragglers, self.stragglers)
        self.core.compute(self._service.costs.setback * message.left, lambda: None)
        self._finish(message)

    def _finish(self, message: Message) -> None:
        message.is_over = True
        self._service.clock.after(self._service.costs.settling, lambda: self._leave(message))

    def _leave(self, message: Message) -> None:
        self.free += 1
        if message.rest:
            self._service.clock.after(self._service.costs.turn, lambda: self._service.go_on(message.rest))
        self._service.hand_out()


class Service:
    """All workers, the queue before them, and what became of everything."""

    def __init__(self, clock: Clock, rules: Rules, costs: Costs, workers: int, seed: int) -> None:
        self.clock = clock
        self.rules = rules
        self.costs = costs
        self.chance = random.Random(seed)
        self.workers = [Worker(self) for _ in range(workers)]
        self.at_once: deque[Message] = deque()
        self.queue: deque[Message] = deque()
        self.longest = 0
        self.arrivals: dict[tuple[int, int], float] = {}
        """How long each took, by post and host."""
        self.held: list[Job] = []
        self._due: list[tuple[float, int, Job]] = []
        self._calls = False
        self._standing = 0
        self._numbers = itertools.count()
        self.again = 0

    def post(self, number: int, hosts: Sequence[Host]) -> None:
        """Somebody posts now; the plan is made a moment later."""
        jobs = [Job(number, host, self.clock.now) for host in hosts]
        self.clock.after(self.costs.begin, lambda: self._plan(jobs))

    def _plan(self, jobs: list[Job]) -> None:
        if len(jobs) <= self.rules.few:
            self.at_once.extend(Message([job], deque()) for job in jobs)
        else:
            slices = [jobs[i : i + self.rules.slice] for i in range(0, len(jobs), self.rules.slice)]
            for first in range(min(self.rules.strands, len(slices))):
                self.go_on(deque(slices[first :: self.rules.strands]))
        self.hand_out()

    def go_on(self, strand: deque[Sequence[Job]]) -> None:
        """A strand's next message goes to the end of the queue."""
        self.queue.append(Message(strand.popleft(), strand))
        self.longest = max(self.longest, len(self.queue))
        self.hand_out()

    def hand_out(self) -> None:
        """What the broker does: to each worker as much as it has places for, in turns."""
        while self.at_once or self.queue:
            worker = max(self.workers, key=lambda one: one.free)
            if worker.free == 0:
                return
            worker.take(self.at_once.popleft() if self.at_once else self.queue.popleft())

    def arrived(self, job: Job) -> None:
        key = job.post, id(job.host)
        if key in self.arrivals:
            self.again += 1
        self.arrivals[key] = self.clock.now - job.posted_at

    def failed(self, job: Job) -> None:
        """Try again in a while, unless the host is given up by then."""
        host, rules = job.host, self.rules
        host.failing_since = host.failing_since if host.failures else self.clock.now
        host.failures += 1
        spent = job.attempts >= len(rules.retries)
        if spent or (host.failures >= rules.failures and self.clock.now - host.failing_since >= rules.failing_for):
            host.given_up = True
        if host.given_up:
            self.hold(job)
            return
        wait = rules.retries[job.attempts] * (0.75 + 0.5 * self.chance.random())
        further = Job(job.post, host, job.posted_at, job.attempts + 1)
        heapq.heappush(self._due, (self.clock.now + wait, next(self._numbers), further))
        if not self._calls:
            self._calls = True
            self.clock.after(1, self._call)

    def _call(self) -> None:
        """Each second those whose time has come are queued again, and at most so many."""
        ready = []
        while self._due and self._due[0][0] <= self.clock.now and len(ready) < self.rules.called:
            ready.append(heapq.heappop(self._due)[2])
        for first in range(0, len(ready), self.rules.together):
            self.queue.append(Message(ready[first : first + self.rules.together], deque()))
        self._calls = bool(self._due)
        if self._calls:
            self.clock.after(1, self._call)
        self.hand_out()

    def hold(self, job: Job) -> None:
        self.held.append(job)

    def meet(self, host: Host) -> None:
        """Who comes first keeps a connection."""
        if not host.is_met and not host.fails and self._standing < self.rules.standing * len(self.workers):
            host.is_met = True
            self._standing += 1
