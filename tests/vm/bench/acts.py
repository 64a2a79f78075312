# SPDX-License-Identifier: LGPL-2.1-or-later
"""What rasd made of events, for scenarios: whom they hit, what belongs together, what was
done.

Hits, links and pages are read from the tables, where they are whole; actions are what
`rasctl actions` says, and the chain between them all is what `rasctl show` says.
"""

import json
import time

from . import firmware as fw
from .guest import GuestError
from .memory import PAGE

DATABASE = "/var/lib/rasd/rasd.db"
EVIDENCE = ["none", "sender", "log", "pagemap"]         # enum evidence
LINK_SIGNAL, LINK_REPORT = range(2)                     # enum link_kind


def memory_error(paddr, severity=fw.RECOVERABLE, error_type=3, **fields):
    data = fw.memory(physical_address=paddr, error_type=error_type, **fields)
    return fw.block(fw.Section(fw.MEMORY, data, severity))


def corrected_errors(paddr, count, first_column=0):
    """One record of so many corrected errors of a page, no two alike."""
    return fw.block(*(fw.Section(fw.MEMORY, fw.memory(
        physical_address=paddr + n * 64, error_type=2, node=0, card=1, bank=2, row=77,
        column=first_column + n), fw.CORRECTED) for n in range(count)))


def rows(guest, query):
    """Rows of the database, each a dict."""
    text = guest.sh(f"sqlite3 -json {DATABASE}", input=f".timeout 5000\n{query};\n".encode())
    return json.loads(text) if text.strip() else []


class Since:
    """All that rasd recorded since this was made."""

    def __init__(self, guest):
        self.guest = guest
        self.mark = max((event["id"] for event in guest.rasctl("events", "--all", "-n", "1")["events"]),
                        default=0)
        self.mark = max([self.mark] + [action["id"] for action in self._all_actions()])

    def events(self, type_name=None, retold=False, **fields):
        """Those of a type; what another source told of as well is not among them."""
        return [event for event in self.guest.rasctl("events", "--all")["events"]
                if event["id"] > self.mark and type_name in (None, event["type"])
                and event.get("retold", False) == retold
                and all(event.get(name) == value for name, value in fields.items())]

    def wait_for(self, predicate, timeout, what):
        try:
            return self.guest.wait_for(predicate, timeout, what)
        except GuestError as error:
            if not self.guest.is_alive():
                raise
            raise AssertionError(f"{error}\nhits: {self.hits()}\n"
                                 f"actions: {self.actions()}") from None

    def wait_for_events(self, type_name, count=1, timeout=30, **fields):
        def enough():
            found = self.events(type_name, **fields)
            return found if len(found) >= count else None
        return self.wait_for(enough, timeout, f"{count} {type_name} {fields or ''}")

    def hits(self, **fields):
        """Rows of the table `hit`: evidence in words, texts that are not there empty."""
        found = rows(self.guest, f"select * from hit where event > {self.mark} order by id")
        for row in found:
            row.update({name: "" for name, value in row.items() if value is None})
            row["evidence"] = EVIDENCE[row["evidence"]]
        return [row for row in found
                if all(row[name] == value for name, value in fields.items())]

    def wait_for_hit(self, timeout=45, **fields):
        """The one hit on a process; more than one is wrong, and so is none."""
        self.wait_for(lambda: self.hits(**fields), timeout, f"a hit {fields}")
        found = self.hits(**fields)
        assert len(found) == 1, found
        return found[0]

    def links(self, kind):
        """Pairs of events that belong together, the one that explains first."""
        return {(row["from"], row["to"]) for row in rows(
            self.guest, f'select * from link where "to" > {self.mark} and kind = {kind}')}

    def _all_actions(self):
        return self.guest.rasctl("actions", "-n", "1000")["actions"]

    def actions(self, **fields):
        """What was, or would have been, done: fields as `rasctl actions` has them."""
        return [action for action in self._all_actions() if action["id"] > self.mark
                and all(action.get(name) == value for name, value in fields.items())]

    def settled_actions(self, at_least=0, timeout=60, **fields):
        """The actions on something, none of them still under way."""
        def settled():
            found = self.actions(**fields)
            return (len(found) >= at_least
                    and all(row["outcome"] != "pending" for row in found))
        self.wait_for(settled, timeout, f"the end of actions {fields}")
        return self.actions(**fields)

    def wait_for_action(self, outcome, **fields):
        """The one action on something, when it has come to an end: this one."""
        found = self.settled_actions(1, **fields)
        assert len(found) == 1 and found[0]["outcome"] == outcome, (outcome, found)
        if outcome in ("left-alone", "refused", "failed"):
            assert found[0]["note"], found
        return found[0]


# ---- the chain, as rasctl show has it ----

def numbers_in(value):
    """All whole numbers in what rasctl said, however deep."""
    if isinstance(value, dict):
        return set().union(*map(numbers_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(numbers_in, value))
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def assert_shown(guest, record, part, other):
    """`rasctl show RECORD` has the other one's id in this part."""
    shown = guest.rasctl("show", record)
    assert other in numbers_in(shown[part]), (record, part, other, shown)


def assert_linked(guest, one, other):
    """Two events are shown with each other."""
    assert_shown(guest, one, "links", other)
    assert_shown(guest, other, "links", one)


def assert_caused(guest, event, action):
    """An event is shown with what was done about it, and that with its cause."""
    assert_shown(guest, event, "actions", action["id"])
    assert action["event"] == event, action
    assert event in numbers_in(guest.rasctl("show", action["id"])), action


# ---- what a scenario does to a victim ----

def let_log_speak():
    """The kernel prints two records in five seconds: begin with none printed."""
    time.sleep(5.5)


def poison(guest, frame, early=False):
    """An error that is not corrected, in this page frame. With early, processes that did
    not ask otherwise are told at once."""
    before = len(guest.trace_lines("memory_failure_event"))
    guest.sh(f"echo {int(early)} >/proc/sys/vm/memory_failure_early_kill")
    guest.firmware.inject(memory_error(frame * PAGE))
    guest.wait_for_trace("memory_failure_event", before + 1)
    guest.sh("echo 0 >/proc/sys/vm/memory_failure_early_kill")


def let_rasd_look(since, frame):
    """The page failed, and rasd has had the time to see whose it is."""
    since.wait_for_events("memory-failure", address=f"{frame * PAGE:#x}")
    time.sleep(5)
