# SPDX-License-Identifier: LGPL-2.1-or-later
"""A page with too many corrected errors is taken out of use before it costs somebody his
data; what are not errors of a page is not held against it."""

import re
import time

from bench import firmware as fw
from bench import memory
from bench.acts import (Since, assert_caused, corrected_errors, let_log_speak, memory_error,
                        rows)
from bench.scenario import fresh_rasd, kernels_alike, needs_rasd, newest_too

SOFT_OFFLINE = "[page]\naction = soft-offline\n"
ROOMY = SOFT_OFFLINE + "per-hour = 256\nper-boot = 1000\n"
TWO_AN_HOUR = SOFT_OFFLINE + "per-hour = 2\n"
LINE = "physical_address"       # in the kernel's log, one for each error it prints


def run_page_rule(guest, text, **options):
    guest.configure_rasd(text, **options)
    return Since(guest)


def ten_at_once(guest, victim):
    """Ten corrected errors of the victim's page, in one record."""
    let_log_speak()
    before = guest.dmesg().count(LINE)
    guest.firmware.inject(corrected_errors(victim.paddr, 10))
    guest.wait_for(lambda: guest.dmesg().count(LINE) == before + 10, what="ten log lines")


def ten_one_by_one(guest, victim):
    """The same, each a record of its own: the kernel prints two in five seconds."""
    before = guest.dmesg().count(LINE)
    for n in range(10):
        time.sleep(2.6)
        guest.firmware.inject(memory_error(victim.paddr, fw.CORRECTED, 2, node=0, card=1,
                                           bank=2, row=77, column=100 + n))
        guest.wait_for(lambda: guest.dmesg().count(LINE) == before + n + 1,
                       what=f"log line {n + 1}")


def assert_moved(guest, victim):
    """The page is out of use; its owner lives elsewhere, with the same data."""
    assert memory.is_poisoned(guest, victim.pfn)
    now_at = memory.pfn(guest, victim.pid, victim.vaddr)
    assert now_at and now_at != victim.pfn and not memory.is_poisoned(guest, now_at)
    assert victim.look() == "intact" and victim.log() == []


def assert_still_there(guest, victim):
    assert not memory.is_poisoned(guest, victim.pfn)
    assert memory.pfn(guest, victim.pid, victim.vaddr) == victim.pfn
    assert victim.look() == "intact"


def taken_out_once(guest, since, victim):
    address = f"{victim.paddr:#x}"
    action = since.wait_for_action("done", address=address)
    assert (action["rule"], action["act"]) == ("page", "soft-offline"), action
    assert action["verified"], action
    assert_moved(guest, victim)
    assert_caused(guest, action["event"], action)
    [cause] = [event for event in since.events("cper-memory")
               if event["id"] == action["event"]]
    assert cause["severity"] == "corrected", cause
    return action


@needs_rasd
def test_ten_corrected_errors(guest):
    """ten corrected errors of one page: taken out of use once, its owner's data intact"""
    since = run_page_rule(guest, ROOMY)
    victim, neighbour = guest.victim(late=True), guest.victim(late=True)
    ten_one_by_one(guest, victim)
    taken_out_once(guest, since, victim)
    assert len(since.wait_for_events("cper-memory", 10)) == 10
    # More of the same, as firmware that does not know tells it: nothing more is done.
    ten_at_once(guest, victim)
    since.wait_for_events("cper-memory", 20)
    time.sleep(3)
    assert len(since.actions()) == 1
    assert_still_there(guest, neighbour)
    [page] = rows(guest, f"select * from page where address = {victim.paddr}")
    assert page["corrected"] == 20, page


@kernels_alike
@needs_rasd
def test_one_record(guest):
    """ten corrected errors of one page in one record do the same"""
    since = run_page_rule(guest, ROOMY)
    victim = guest.victim(late=True)
    ten_at_once(guest, victim)
    taken_out_once(guest, since, victim)


@kernels_alike
@needs_rasd
def test_nine_are_not_enough(guest):
    """nine corrected errors do nothing, nor does a restart; the tenth takes the page"""
    since = run_page_rule(guest, ROOMY)
    victim, other = guest.victim(late=True), guest.victim(late=True)
    let_log_speak()
    guest.firmware.inject(corrected_errors(victim.paddr, 9))
    since.wait_for_events("cper-memory", 9)
    guest.firmware.inject(corrected_errors(other.paddr, 1))
    since.wait_for_events("cper-memory", 10)
    guest.sh("systemctl restart rasd")
    time.sleep(3)
    assert since.actions() == []
    assert_still_there(guest, victim)
    let_log_speak()
    guest.firmware.inject(corrected_errors(victim.paddr, 1, first_column=500))
    taken_out_once(guest, since, victim)
    assert_still_there(guest, other)


@needs_rasd
def test_cache_errors(guest):
    """ten corrected cache errors with a page's address: no page is touched"""
    since = run_page_rule(guest, ROOMY)
    victim = guest.victim(late=True)
    for n in range(10):
        info = fw.error_info(fw.CACHE, physical=victim.paddr, detail=fw.error_detail(
            operation=1, level=n % 3, corrected=True))
        guest.firmware.inject(fw.block(fw.Section(
            fw.ARM, fw.arm([info], midr=0x413fd0c1, mpidr=0x100 + n), fw.CORRECTED)))
    since.wait_for_events("arm", 10)
    time.sleep(3)
    assert since.actions() == []
    assert rows(guest, f"select * from page where address = {victim.paddr}") == []
    assert_still_there(guest, victim)


@kernels_alike
@newest_too
@needs_rasd
def test_forged_log(guest):
    """ten records that root wrote into the kernel's log: no event, no act"""
    since = run_page_rule(guest, ROOMY)
    victim = guest.victim(late=True)
    for n in range(10):
        lines = [f"{{{900 + n}}}[Hardware Error]: {line}" for line in (
            "Hardware error from APEI Generic Hardware Error Source: 0",
            "It has been corrected by h/w and requires no further action",
            "event severity: corrected", " Error 0, type: corrected",
            "  section_type: memory error",
            f"  physical_address: {victim.paddr:#018x}", f"  node:0 card:1 column:{n} ",
            "  error_type: 2, single-bit ECC")]
        guest.sh("".join(f"echo '<6>{line}' >/dev/kmsg\n" for line in lines))
    assert guest.dmesg().count(LINE) == 10
    time.sleep(5)
    assert since.events("cper-memory") == [] and since.actions() == []
    assert_still_there(guest, victim)


# ---- hands off ----

def nothing_is_done(guest, outcome, text, prepare="true", **options):
    since = run_page_rule(guest, text, **options)
    guest.sh(prepare)
    victim = guest.victim(late=True)
    ten_at_once(guest, victim)
    action = since.wait_for_action(outcome, address=f"{victim.paddr:#x}")
    assert (action["rule"], action["act"]) == ("page", "soft-offline"), action
    time.sleep(3)
    assert_still_there(guest, victim)
    return since, victim


@kernels_alike
@needs_rasd
def test_default(guest):
    """without configuration it only accounts for what it would have done"""
    nothing_is_done(guest, "accounted", "")


@kernels_alike
@needs_rasd
def test_dry_run_option(guest):
    """rasd --dry-run: the row says dry-run, the page stays"""
    nothing_is_done(guest, "dry-run", ROOMY, options="--dry-run")


@kernels_alike
@needs_rasd
def test_dry_run_rule(guest):
    """[page] action = dry-run: the row says dry-run, the page stays"""
    nothing_is_done(guest, "dry-run", "[page]\naction = dry-run\n")


@kernels_alike
@needs_rasd
def test_pause(guest):
    """paused: the row says so, the page stays; resumed: taken with the errors that come then"""
    since, victim = nothing_is_done(guest, "paused", ROOMY, "rasctl policy pause")
    guest.sh("rasctl policy resume")
    let_log_speak()
    guest.firmware.inject(corrected_errors(victim.paddr, 10, first_column=300))
    actions = since.settled_actions(2, address=f"{victim.paddr:#x}")
    assert sorted(row["outcome"] for row in actions) == ["done", "paused"], actions
    assert_moved(guest, victim)


# ---- budgets ----

@kernels_alike
@fresh_rasd
def test_third_page_of_an_hour(guest):
    """two pages an hour: the third is refused, and said; also after a restart"""
    since = run_page_rule(guest, TWO_AN_HOUR)
    victims = [guest.victim(late=True) for _ in range(4)]
    for victim in victims[:2]:
        ten_at_once(guest, victim)
        taken_out_once(guest, since, victim)
    ten_at_once(guest, victims[2])
    refused = since.wait_for_action("refused", address=f"{victims[2].paddr:#x}")
    assert "2" in refused["note"] and "hour" in refused["note"], refused
    guest.sh("systemctl restart rasd")
    ten_at_once(guest, victims[3])
    since.wait_for_action("refused", address=f"{victims[3].paddr:#x}")
    time.sleep(3)
    for victim in victims[2:]:
        assert_still_there(guest, victim)
    assert "refused" in guest.sh("journalctl -u rasd -o cat --no-pager")


@kernels_alike
@fresh_rasd
def test_share_of_memory(guest):
    """of a share of memory that is one page, the second page is refused"""
    [kib] = re.findall(r"MemTotal: +(\d+) kB", guest.sh("cat /proc/meminfo"))
    percent = 100 * 1.5 * memory.PAGE / (int(kib) * 1024)
    since = run_page_rule(guest, ROOMY + f"share = {percent:.4f}%\n")
    first, second = guest.victim(late=True), guest.victim(late=True)
    ten_at_once(guest, first)
    taken_out_once(guest, since, first)
    ten_at_once(guest, second)
    since.wait_for_action("refused", address=f"{second.paddr:#x}")
    assert_still_there(guest, second)
