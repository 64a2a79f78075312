# SPDX-License-Identifier: LGPL-2.1-or-later
"""Numbers of several rounds as Markdown."""

import statistics


def flat(result):
    """{"bare": {"rate": 1}} as {"bare.rate": 1}."""
    found = {}
    for key, value in result.items():
        if isinstance(value, dict):
            found.update({f"{key}.{inner}": each for inner, each in flat(value).items()})
        else:
            found[key] = value
    return found


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values):
    """The median of all rounds, and the range."""
    low, high = number(min(values)), number(max(values))
    middle = number(statistics.median(values))
    return middle if low == high else f"{middle} ({low} to {high})"


def every_number(rounds):
    names = dict.fromkeys(key for each in rounds for key in each)
    yield "| | median (range) |"
    yield "|---|---|"
    for name in names:
        yield f"| {name} | {spread([each[name] for each in rounds if name in each])} |"


class Row:
    """A line: what, the keys of two numbers, how they are compared, what is aimed at."""

    def __init__(self, title, mine, other, of=None, aim=""):
        self.title, self.mine, self.other, self.of, self.aim = title, mine, other, of, aim

    def cells(self, rounds):
        yield self.title
        for key in (self.mine, self.other):
            yield cell(rounds, key) if key else ""
        ratios = [self.of(each[self.mine], each[self.other]) for each in rounds
                  if self.of and self.mine in each and each.get(self.other)]
        yield spread(ratios) if ratios else ""
        yield self.aim


def cell(rounds, key):
    values = [each[key] for each in rounds if key in each]
    return spread(values) if values else ""


def more(mine, other):
    return mine / other


def less(mine, other):
    return other / mine if mine else float("inf")


def of_aim(latency, flush):
    return latency / (2 * flush + 2)


BESIDE_RASDAEMON = (
    Row("events/s sustained", "drain.rate", "theirs.rate", more, "≥ 300"),
    Row("lost in a burst of 60,000", "burst.lost", "their burst.lost", None, "0"),
    Row("CPU per event, µs", "drain.cpu_us", "theirs.cpu_us", less, "≥ 100"),
    Row("bytes written per event", "drain.written", "theirs.written", less, "≥ 80"),
    Row("database bytes per event", "drain.kept", "theirs.kept", less),
    Row("PSS under flood, KiB", "drain.pss_flood", "theirs.pss_flood", less, "≤ 32768 KiB"),
    Row("PSS at rest, KiB", "rest.pss", "their rest.pss", less, "≤ 8192 KiB"),
    Row("wake-ups in 10 s at rest, children too", "rest.wakeups_10s",
        "their rest.wakeups_10s", None, "≤ 1"),
    Row("context switches in 10 s at rest", "rest.switches_10s", "their rest.switches_10s"),
    Row("spans of 10 s that others' events disturbed", "rest.disturbed", None),
    Row("ready after, ms", "rest.ready_ms", "their rest.ready_ms", less),
    Row("error to durable row at 100/s, p50, ms", "latency.p50", "their latency.p50", less),
    Row("error to durable row at 100/s, p99, ms", "latency.p99", "their latency.p99", less),
)
BESIDE_SQLITE = (
    Row("events/s", "drain.rate", "drain.bare.rate", more, "≥ 0.6"),
    Row("CPU per event, µs", "drain.cpu_us", "drain.bare.cpu_us", less),
    Row("bytes written per event", "drain.written", "drain.bare.written", less),
    Row("database bytes per event", "drain.kept", "drain.bare.kept", less),
)
BESIDE_THE_DISK = (
    Row("p50, ms", "latency.p50", "disk.p50", more),
    Row("p99, ms", "latency.p99", "disk.p99", more),
    Row("p99, ms; ratio to 2 flushes + 2 ms", "latency.p99", "disk.p99", of_aim, "≤ 1"),
)
BESIDE_EMPTY = (
    Row("events/s", "big.rate", "drain.rate", more, "≥ 0.8"),
    Row("ready after, ms", "big.ready_ms", "rest.ready_ms", more, "≤ 200 ms"),
)
TABLES = (("rasd", "rasdaemon", BESIDE_RASDAEMON),
          ("rasd", "SQLite alone, same rows", BESIDE_SQLITE),
          ("error to durable row", "write of 16 KiB and flush", BESIDE_THE_DISK),
          ("large database", "empty one", BESIDE_EMPTY))
SCENES = {"drain": "filled rings", "burst": "burst of 60,000",
          "live": "as one thread makes them", "overload": "as two threads make them",
          "slowed": "the same, the writer held up 9/10 of the time",
          "signals": "signals, summed up", "big": "filled rings, large database"}
COUNTS = ("made", "rows", "lost", "foreign", "unaccounted", "source", "rate", "cpu_us")


def two_sided(rounds):
    for mine, other, rows in TABLES:
        rows = [row for row in rows if any(row.mine in each for each in rounds)]
        if rows:
            yield f"| | {mine} | {other} | ratio | aim |"
            yield "|---|---|---|---|---|"
            yield from ("| " + " | ".join(row.cells(rounds)) + " |" for row in rows)
            yield ""


def own(rounds):
    """What became of all events, to the event."""
    if not any(f"{name}.made" in each for name in SCENES for each in rounds):
        return
    yield ("| rasd | made | rows | lost, counted | others' | unaccounted | made a second "
           "| rows a second | CPU, µs |")
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, title in SCENES.items():
        if any(f"{name}.made" in each for each in rounds):
            cells = (cell(rounds, f"{name}.{key}") for key in COUNTS)
            yield f"| {title} | " + " | ".join(cells) + " |"


def compared(rounds):
    yield from two_sided(rounds)
    yield from own(rounds)
