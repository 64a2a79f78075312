# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service that poison killed is started again; whatever is not that is left alone.

Two ways to die of it: at once, with a signal from the kernel's worker ("early"), or
when the page is touched, minutes or days later, with a signal that looks like one which
a process sent itself ("late").
"""

import contextlib
import time

from bench import memory
from bench.acts import (LINK_REPORT, LINK_SIGNAL, Since, assert_caused, assert_linked,
                        let_log_speak, let_rasd_look, numbers_in, poison)
from bench.scenario import kernels_alike, needs_rasd
from bench.victim import Victim

# The budget has scenarios of its own; all of these here are within one hour.
LISTED = "[service]\nrestart = victim@listed-*.service nginx.service\nper-hour = 100\n"
DRY_RUN = LISTED + "action = dry-run\n"
ACCOUNT = LISTED + "action = account\n"

EARLY, LATE = dict(early=True), dict(late=True)


def run_listed(guest, text=LISTED, **options):
    guest.configure_rasd(text, **options)
    return Since(guest)


def kill_by_poison(since, victim, early):
    """Have the victim die of its page."""
    poison(since.guest, victim.pfn)
    if not early:
        let_rasd_look(since, victim.pfn)
        assert victim.touch() == "died"
    since.guest.wait_for(lambda: not victim.alive(), what=f"the end of {victim.unit}")


def invocation(guest, unit):
    return guest.unit(unit, "InvocationID")["InvocationID"]


def assert_chain(since, hit, frame, action=None):
    """Page, memory failure, signal, hit and action are shown with each other."""
    guest, address = since.guest, f"{frame * memory.PAGE:#x}"
    [failure] = since.events("memory-failure", address=address)
    signal = hit["event"]
    # A signal may come before the page is known that it was about.
    assert hit["address"] == frame * memory.PAGE or hit["evidence"] == "sender", hit
    assert (failure["id"], signal) in since.links(LINK_SIGNAL)
    assert_linked(guest, failure["id"], signal)
    assert hit["pid"] in numbers_in(guest.rasctl("show", signal)["hits"]), hit
    for report in since.events("cper-memory", address=address):
        if report["severity"] != "corrected":
            assert (report["id"], failure["id"]) in since.links(LINK_REPORT)
            assert_linked(guest, report["id"], failure["id"])
    if action:
        assert_caused(guest, signal, action)


# ---- started again ----

def started_again_once(guest, options):
    since = run_listed(guest)
    victim = guest.victim("listed", default_action=True, **options)
    frame, pid, before = victim.pfn, victim.pid, invocation(guest, victim.unit)
    let_log_speak()
    kill_by_poison(since, victim, early="early" in options)
    victim.wait_for_start(2)
    action = since.wait_for_action("done", unit=victim.unit)
    assert (action["rule"], action["act"]) == ("service", "restart"), action
    assert action["verified"], action
    after = victim.show("ActiveState", "InvocationID", "NRestarts")
    assert after["ActiveState"] == "active" and after["NRestarts"] == "0", after
    assert after["InvocationID"] != before
    hit = since.wait_for_hit(pid=pid)
    assert (hit["unit"], hit["invocation"]) == (victim.unit, before), hit
    assert hit["evidence"] == ("sender" if "early" in options else "pagemap"), hit
    assert since.wait_for_events("cper-memory"), "the kernel printed the firmware's record"
    assert_chain(since, hit, frame, action)
    [unit] = [row for row in guest.rasctl("units")["units"] if row["unit"] == victim.unit]
    assert unit["hits"] == 1, unit
    time.sleep(5)       # a second start would come now
    assert victim.starts() == 2 and victim.look() == "intact"
    assert len(since.actions(unit=victim.unit)) == 1


@needs_rasd
def test_main_process_touches(guest):
    """main process of a listed service dies of touching its page: started again once"""
    started_again_once(guest, LATE)


@needs_rasd
def test_main_process_told(guest):
    """main process of a listed service dies of being told: started again once"""
    started_again_once(guest, EARLY)


@kernels_alike
@needs_rasd
def test_every_invocation(guest):
    """a service that is hit again after it was started again is started again again"""
    since = run_listed(guest)
    victim = guest.victim("listed", default_action=True, early=True)
    for starts in (2, 3):
        kill_by_poison(since, victim, early=True)
        victim.wait_for_start(starts)
        since.settled_actions(starts - 1, unit=victim.unit)
    assert [row["outcome"] for row in since.actions(unit=victim.unit)] == ["done"] * 2


@kernels_alike
@needs_rasd
def test_budget_of_a_unit(guest):
    """the fourth restart of a unit within an hour is refused, and said; also after a restart"""
    since = run_listed(guest)
    victim = guest.victim("listed", default_action=True, early=True)
    for starts in (2, 3, 4):
        kill_by_poison(since, victim, early=True)
        victim.wait_for_start(starts)
        since.settled_actions(starts - 1, unit=victim.unit)
    guest.sh("systemctl restart rasd")
    kill_by_poison(since, victim, early=True)
    done = since.settled_actions(4, unit=victim.unit)
    assert sorted(row["outcome"] for row in done) == ["done"] * 3 + ["refused"], done
    [refused] = [row for row in done if row["outcome"] == "refused"]
    assert "3" in refused["note"], refused
    time.sleep(5)
    assert victim.starts() == 4 and victim.show("ActiveState")["ActiveState"] == "failed"


# ---- nginx ----

def start_nginx(guest):
    """Start nginx; its master's and its workers' pids."""
    guest.sh("systemctl start nginx")
    master = int(guest.unit("nginx.service", "MainPID")["MainPID"])
    guest.wait_for(lambda: len(workers(guest, master)) == 2, what="nginx's workers")
    return master, workers(guest, master)


def workers(guest, master):
    return [int(pid) for pid in guest.sh(f"pgrep -P {master}; true").split()]


def ask_nginx(guest):
    """A request; what nginx said first."""
    return guest.sh("bash -c 'exec 3<>/dev/tcp/127.0.0.1/80 && "
                    "printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3 && timeout 5 head -n1 <&3'",
                    check=False)


def own_frame(guest, pid, other):
    frames = list(memory.own_frames(guest, pid, other).values())
    return frames[len(frames) // 2]


@kernels_alike
@needs_rasd
def test_nginx_master(guest):
    """nginx, its master poisoned: started again once, and it serves"""
    since = run_listed(guest)
    master, both = start_nginx(guest)
    before = invocation(guest, "nginx.service")
    frame = own_frame(guest, master, both[0])
    poison(guest, frame, early=True)
    action = since.wait_for_action("done", unit="nginx.service")
    hit = since.wait_for_hit(pid=master)
    assert (hit["unit"], hit["comm"], hit["evidence"]) == ("nginx.service", "nginx", "sender")
    assert_chain(since, hit, frame, action)
    after = guest.unit("nginx.service", "ActiveState", "InvocationID", "MainPID")
    assert after["ActiveState"] == "active" and after["InvocationID"] != before, after
    assert int(after["MainPID"]) != master
    assert "200 OK" in ask_nginx(guest)


def nginx_goes_on(guest, since, master, before, worker):
    """A worker died: nothing was done, nginx's master has another one already."""
    guest.wait_for(lambda: worker not in workers(guest, master), what="the worker's end")
    hit = since.wait_for_hit(pid=worker)
    # Its parent waits for it: where it was gone before anybody looked, that is said.
    assert hit["unit"] == "nginx.service" or hit["why"], hit
    outcomes = {row["outcome"] for row in since.settled_actions(unit="nginx.service")}
    assert outcomes <= {"left-alone"}, outcomes
    after = guest.unit("nginx.service", "ActiveState", "InvocationID", "MainPID", "NRestarts")
    assert after == {"ActiveState": "active", "InvocationID": before, "NRestarts": "0",
                     "MainPID": str(master)}, after
    assert len(workers(guest, master)) == 2 and "200 OK" in ask_nginx(guest)
    return hit


@kernels_alike
@needs_rasd
def test_nginx_worker_told(guest):
    """nginx, a worker poisoned and told: recorded, left alone"""
    since = run_listed(guest)
    master, both = start_nginx(guest)
    before = invocation(guest, "nginx.service")
    poison(guest, own_frame(guest, both[0], master), early=True)
    hit = nginx_goes_on(guest, since, master, before, both[0])
    assert hit["evidence"] == "sender", hit


@needs_rasd
def test_nginx_worker_touches(guest):
    """nginx, a worker that touches its poisoned stack: recorded, left alone"""
    since = run_listed(guest)
    master, both = start_nginx(guest)
    before, worker = invocation(guest, "nginx.service"), both[0]
    frame = memory.pfn(guest, worker, memory.stack_pointer(guest, worker))
    poison(guest, frame)
    let_rasd_look(since, frame)

    def served_to_death():
        ask_nginx(guest)
        return worker not in workers(guest, master)
    guest.wait_for(served_to_death, 60, "a request that the worker takes")
    hit = nginx_goes_on(guest, since, master, before, worker)
    assert (hit["unit"], hit["evidence"]) == ("nginx.service", "pagemap"), hit


# ---- left alone ----

@kernels_alike
@needs_rasd
def test_handled(guest):
    """a listed service that handles the signal: recorded, left alone"""
    since = run_listed(guest)
    victim = guest.victim("listed", early=True, replace=True)
    poison(guest, victim.pfn)
    victim.wait_for_sigbus(1)
    hit = since.wait_for_hit(pid=victim.pid)
    assert (hit["unit"], hit["evidence"]) == (victim.unit, "sender"), hit
    outcomes = {row["outcome"] for row in since.settled_actions(unit=victim.unit)}
    assert outcomes <= {"left-alone"}, outcomes
    assert victim.starts() == 1 and victim.touch() == "ok"


@kernels_alike
@needs_rasd
def test_not_listed(guest):
    """a service that is not listed: recorded, nothing done"""
    since = run_listed(guest)
    victim = guest.victim("other", early=True, default_action=True)
    kill_by_poison(since, victim, early=True)
    hit = since.wait_for_hit(pid=victim.pid)
    assert hit["unit"] in (victim.unit, "") and (hit["unit"] or hit["why"]), hit
    time.sleep(5)
    assert since.actions(unit=victim.unit) == []
    assert victim.show("ActiveState")["ActiveState"] == "failed"


@kernels_alike
@needs_rasd
def test_left_to_systemd(guest):
    """a listed service with Restart=on-failure is left to systemd: started again once"""
    for options in (EARLY, LATE):
        since = run_listed(guest)
        victim = guest.victim("listed", {"Restart": "on-failure", "RestartSec": "2s"},
                              default_action=True, **options)
        pid = victim.pid
        kill_by_poison(since, victim, early="early" in options)
        victim.wait_for_start(2)
        since.wait_for_hit(pid=pid)
        outcomes = {row["outcome"] for row in since.settled_actions(unit=victim.unit)}
        assert outcomes <= {"left-alone"}, outcomes
        time.sleep(5)
        after = victim.show("ActiveState", "NRestarts")
        assert after == {"ActiveState": "active", "NRestarts": "1"}, after
        assert victim.starts() == 2


def stays_stopped(guest, settings, **options):
    """The operator stops a service; while that takes its time, poison kills it."""
    since = run_listed(guest)
    victim = guest.victim("listed", {"TimeoutStopSec": "60s", **settings},
                          default_action=True, **options)
    if "late" in options:
        poison(guest, victim.pfn)
        let_rasd_look(since, victim.pfn)
    guest.sh(f"systemctl stop --no-block {victim.unit}")
    guest.wait_for(lambda: victim.show("ActiveState")["ActiveState"] == "deactivating")
    if "late" in options:
        assert victim.touch() == "died"
    else:
        poison(guest, victim.pfn)
    guest.wait_for(lambda: victim.show("ActiveState")["ActiveState"] == "failed", 60)
    assert victim.show("Result", "ExecMainStatus") == {"Result": "signal",
                                                       "ExecMainStatus": "7"}
    since.wait_for_hit(pid=victim.pid)
    since.wait_for_action("left-alone", unit=victim.unit)
    time.sleep(5)
    assert victim.starts() == 1 and victim.show("ActiveState")["ActiveState"] == "failed"


@kernels_alike
@needs_rasd
def test_being_stopped_told(guest):
    """a listed service that the operator is stopping, told of poison: stays stopped"""
    stays_stopped(guest, {}, stubborn=True, early=True)


@kernels_alike
@needs_rasd
def test_being_stopped_touches(guest):
    """a listed service that the operator is stopping, touching poison: stays stopped"""
    stays_stopped(guest, {}, stubborn=True, late=True)


@kernels_alike
@needs_rasd
def test_stop_program_runs(guest):
    """a listed service killed while its ExecStop= runs: stays stopped"""
    stays_stopped(guest, {"ExecStop": "/bin/sleep 10"}, early=True)


@kernels_alike
@needs_rasd
def test_stopped_before_rasd_acts(guest):
    """a listed service that the operator starts himself while rasd is stopped: left alone"""
    since = run_listed(guest)
    victim = guest.victim("listed", default_action=True, early=True)
    pid = victim.pid
    guest.sh("systemctl stop rasd")
    poison(guest, victim.pfn)
    guest.wait_for(lambda: victim.show("ActiveState")["ActiveState"] == "failed")
    guest.sh(f"systemctl start {victim.unit}; systemctl start rasd")
    since.wait_for_hit(pid=pid)
    outcomes = {row["outcome"] for row in since.settled_actions(unit=victim.unit)}
    assert outcomes <= {"left-alone"}, outcomes
    assert victim.starts() == 2


# ---- hands off ----

def nothing_is_done(guest, outcome, text=LISTED, prepare="", **options):
    """A listed service dies of poison and stays dead; the row says what would have been."""
    since = run_listed(guest, text, **options)
    if prepare:
        guest.sh(prepare)
    victim = guest.victim("listed", early=True, default_action=True)
    kill_by_poison(since, victim, early=True)
    action = since.wait_for_action(outcome, unit=victim.unit)
    assert (action["rule"], action["act"]) == ("service", "restart"), action
    since.wait_for_hit(pid=victim.pid)
    time.sleep(5)
    assert victim.starts() == 1 and victim.show("ActiveState")["ActiveState"] == "failed"
    return since, victim


def acts_again(guest):
    """The next one is started again, and the one before stays as it is."""
    since = Since(guest)
    victim = guest.victim("listed", early=True, default_action=True)
    kill_by_poison(since, victim, early=True)
    since.wait_for_action("done", unit=victim.unit)
    assert victim.starts() == 2


@kernels_alike
@needs_rasd
def test_dry_run_option(guest):
    """rasd --dry-run: the row says dry-run, the service stays dead"""
    nothing_is_done(guest, "dry-run", options="--dry-run")


@kernels_alike
@needs_rasd
def test_dry_run_policy(guest):
    """[policy] dry-run = yes: the row says dry-run, the service stays dead"""
    nothing_is_done(guest, "dry-run", LISTED + "[policy]\ndry-run = yes\n")


@kernels_alike
@needs_rasd
def test_dry_run_rule(guest):
    """[service] action = dry-run: the row says dry-run, the service stays dead"""
    nothing_is_done(guest, "dry-run", DRY_RUN)


@kernels_alike
@needs_rasd
def test_dry_run_looks(guest):
    """a dry run says of a service with Restart=on-failure that it would be left alone"""
    since = run_listed(guest, DRY_RUN)
    victim = guest.victim("listed", {"Restart": "on-failure", "RestartSec": "10s"},
                          late=True, default_action=True)
    kill_by_poison(since, victim, early=False)
    since.wait_for_action("left-alone", unit=victim.unit)


@kernels_alike
@needs_rasd
def test_account(guest):
    """[service] action = account: the row says accounted, the service stays dead"""
    nothing_is_done(guest, "accounted", ACCOUNT)


@kernels_alike
@needs_rasd
def test_no_act_file(guest):
    """/run/rasd/no-act: the row says paused, the service stays dead; without it acts go on"""
    _, victim = nothing_is_done(guest, "paused", prepare="touch /run/rasd/no-act")
    guest.sh("rm /run/rasd/no-act")
    acts_again(guest)
    assert victim.starts() == 1, "what was let go is not made up for"


@kernels_alike
@needs_rasd
def test_pause(guest):
    """rasctl policy pause: the row says paused; rasctl policy resume: acts go on"""
    _, victim = nothing_is_done(guest, "paused", prepare="rasctl policy pause the bench")
    assert guest.rasctl("policy")["note"].endswith("the bench")
    guest.sh("rasctl policy pause; rasctl policy resume; test ! -e /run/rasd/no-act; "
             "rasctl policy resume")
    acts_again(guest)
    assert victim.starts() == 1, "what was let go is not made up for"


@kernels_alike
@needs_rasd
def test_pause_outlives_rasd(guest):
    """what was paused stays paused when rasd is restarted"""
    nothing_is_done(guest, "paused",
                    prepare="rasctl policy pause; systemctl restart rasd")


# ---- not what it is called ----

USER, UID = "bencher", 4242
USER_RUNTIME = f"/run/user/{UID}"
USER_NGINX = """[Service]
ExecStart=/usr/lib/bench/victim {arguments}
StandardOutput=append:{runtime}/nginx.log
"""
CONTAINER = """#!/bin/sh
# A container's manager in short: a service below its own, as a container has them.
cd "/sys/fs/cgroup$(sed -n s/0:://p /proc/self/cgroup)" || exit
mkdir -p payload/system.slice/nginx.service
echo $$ >payload/system.slice/nginx.service/cgroup.procs
exec /usr/lib/bench/victim {arguments}
"""


@contextlib.contextmanager
def user_nginx(guest, arguments):
    """A user's unit of the name nginx.service; its victim."""
    guest.sh(f"id {USER} >/dev/null 2>&1 || useradd -u {UID} {USER}")
    guest.put(f"/run/systemd/system/user@{UID}.service.d/bench.conf",
              f"[Service]\nEnvironment=XDG_RUNTIME_DIR={USER_RUNTIME}\n".encode())
    guest.sh(f"systemctl daemon-reload; systemctl start user@{UID}.service")
    as_user = (f"setpriv --reuid {UID} --regid {UID} --init-groups "
               f"env XDG_RUNTIME_DIR={USER_RUNTIME} systemctl --user")
    try:
        guest.put(f"{USER_RUNTIME}/systemd/user/nginx.service",
                  USER_NGINX.format(arguments=arguments, runtime=USER_RUNTIME).encode())
        guest.sh(f"rm -f {USER_RUNTIME}/nginx.log; {as_user} daemon-reload; "
                 f"{as_user} start nginx.service")
        yield Victim(guest, f"user@{UID}.service", f"{USER_RUNTIME}/nginx.log")
    finally:
        guest.sh(f"systemctl stop user@{UID}.service", check=False)


@contextlib.contextmanager
def container_nginx(guest, arguments):
    """The same in a control group that a service has to itself, called as a container's."""
    guest.put("/run/bench/container", CONTAINER.format(arguments=arguments).encode())
    guest.sh("mkdir -p /run/victim; chmod +x /run/bench/container; "
             "rm -f /run/victim/container.log; systemd-run --unit=container.service "
             "-p Delegate=yes -p StandardOutput=append:/run/victim/container.log "
             "/run/bench/container")
    try:
        yield Victim(guest, "container.service", "/run/victim/container.log")
    finally:
        guest.sh("systemctl stop container.service; systemctl reset-failed", check=False)


def only_called_nginx(guest, impostor, unit, user_unit, early):
    """What is called nginx.service and is not: reported as what it is; the real one, which
    is listed and runs, does not notice."""
    since = run_listed(guest)
    master, both = start_nginx(guest)
    before = invocation(guest, "nginx.service")
    with impostor(guest, "--early --default" if early else "--late --default") as victim:
        kill_by_poison(since, victim, early)
        hit = since.wait_for_hit(pid=victim.pid)
        assert hit["unit"] != "nginx.service", hit
        if early:       # it may have been gone before anybody looked
            assert hit["unit"] in (unit, "") and (hit["unit"] or hit["why"]), hit
        else:
            assert hit["unit"] == unit and (hit["user_unit"] or "") == user_unit, hit
            assert not hit["is_unit"] and hit["evidence"] == "pagemap", hit
            assert hit["cgroup"].endswith("/nginx.service"), hit
        outcomes = {row["outcome"] for row in since.settled_actions()}
        assert outcomes <= {"left-alone"}, outcomes
        time.sleep(5)
        assert victim.starts() == 1
    assert since.actions(unit="nginx.service") == []
    assert int(guest.unit("nginx.service", "MainPID")["MainPID"]) == master
    assert invocation(guest, "nginx.service") == before
    assert workers(guest, master) == both


@kernels_alike
@needs_rasd
def test_user_unit_touches(guest):
    """a user's unit called nginx.service is reported as that; the real one is untouched"""
    only_called_nginx(guest, user_nginx, f"user@{UID}.service", "nginx.service", early=False)


@kernels_alike
@needs_rasd
def test_user_unit_told(guest):
    """a user's unit called nginx.service, killed at once: the real one is untouched"""
    only_called_nginx(guest, user_nginx, f"user@{UID}.service", "nginx.service", early=True)


@kernels_alike
@needs_rasd
def test_container_touches(guest):
    """a container-like nginx.service is reported as the unit around it; the real one untouched"""
    only_called_nginx(guest, container_nginx, "container.service", "", early=False)


@kernels_alike
@needs_rasd
def test_container_told(guest):
    """a container-like nginx.service, killed at once: the real one is untouched"""
    only_called_nginx(guest, container_nginx, "container.service", "", early=True)


@kernels_alike
@needs_rasd
def test_container_that_is_listed(guest):
    """a listed service that died below its own control group: left alone, and why"""
    since = run_listed(guest, LISTED + "restart = container.service\n")
    with container_nginx(guest, "--late --default") as victim:
        kill_by_poison(since, victim, early=False)
        since.wait_for_action("left-alone", unit="container.service")
        time.sleep(5)
        assert victim.starts() == 1


# ---- what a user can forge ----

FLOOD = 1_000_000
NOBODY = 65534


@kernels_alike
@needs_rasd
def test_forged_after_a_failure(guest):
    """a million forged signals from inside a listed unit: no hit, no restart, all counted"""
    since = run_listed(guest)
    victim = guest.victim("listed", late=True, pages=2)
    poison(guest, victim.pfn)           # real, and not touched yet
    let_rasd_look(since, victim.pfn)
    group = victim.show("ControlGroup")["ControlGroup"]
    assert group.endswith(f"/{victim.unit}"), group
    sent = int(guest.sh(f"echo $$ >/sys/fs/cgroup{group}/cgroup.procs && "
                        f"exec /usr/lib/bench/flood sigbus {FLOOD} {NOBODY}", timeout=600))
    assert sent == FLOOD

    def accounted_for():
        losses = sum(row["count"] for row in guest.rasctl("status")["losses"])
        rows = since.events("sigbus")
        return sum(row["count"] for row in rows) + losses >= FLOOD and rows
    rows = guest.wait_for(accounted_for, 120, "a row or a loss for each signal")
    assert len(rows) < 1000, "they are summed up"
    assert not any(row["confirmed"] for row in rows), "nobody's word but the sender's own"
    assert since.hits() == []
    assert since.settled_actions() == []
    assert victim.starts() == 1 and victim.alive()

    # and what is real is still told from it
    assert victim.touch() == "sigbus"
    hit = since.wait_for_hit()
    assert (hit["pid"], hit["evidence"]) == (victim.pid, "pagemap"), hit


@kernels_alike
@needs_rasd
def test_forged_death(guest):
    """a listed service that kills itself with a forged signal: no hit, no restart"""
    since = run_listed(guest)
    victim = guest.victim("listed", early=True, replace=True)
    forger = guest.victim("listed", forge=True, default_action=True)
    poison(guest, victim.pfn)           # a real one, handled: one hit
    hit = since.wait_for_hit(pid=victim.pid)
    assert forger.touch() == "died"
    since.wait_for_events("sigbus", pid=forger.pid)
    time.sleep(10)
    assert forger.show("ActiveState", "Result") == {"ActiveState": "failed",
                                                    "Result": "signal"}
    assert since.hits() == [hit]
    assert since.actions(unit=forger.unit) == [] and forger.starts() == 1


@kernels_alike
@needs_rasd
def test_forged_line(guest):
    """a forged death with its line written into the log by root: no hit, no restart"""
    since = run_listed(guest)
    forger = guest.victim("listed", forge=True, default_action=True)
    line = (f"Memory failure: {forger.pfn:#x}: Sending SIGBUS to victim:{forger.pid} "
            "due to hardware memory corruption")
    guest.sh(f"echo '<3>{line}' >/dev/kmsg")
    assert line in guest.dmesg()
    assert forger.touch() == "died"
    guest.sh(f"echo '<3>{line}' >/dev/kmsg")
    since.wait_for_events("sigbus", pid=forger.pid)
    time.sleep(10)
    assert since.hits() == [] and since.actions() == [] and forger.starts() == 1
