# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a file of scenarios may use beside the guest, and how the files are read.

A scenario is a function test_something(guest) in scenarios/*.py, its name for the
reader the first line of its docstring. It gets a guest without victims and with an
empty kernel log and oracle, and fails by an assert or by any exception.
"""

import importlib.util
import inspect


class Skip(Exception):
    """Raised by a scenario that cannot be shown here; the reason is its argument."""


def fresh_boot(**options):
    """The scenario has a guest of its own, booted with these options of Guest."""
    def mark(function):
        function.boot_options = options
        return function
    return mark


def needs_rasd(function):
    """The scenario is about rasd: it runs when there is one, and then one is running."""
    function.needs_rasd = True
    return function


def fresh_rasd(function):
    """The scenario is about rasd, and about one that never ran here before: budgets are
    whole, the database is new."""
    function.needs_rasd = function.fresh_rasd = True
    return function


def ends_guest(function):
    """No scenario can use the guest afterwards."""
    function.ends_guest = True
    return function


def kernels_alike(function):
    """What it shows lies in rasd and not in the kernel: it runs on one of them, if not told
    otherwise."""
    function.kernels_alike = True
    return function


def newest_too(function):
    """It runs on the newest kernel as well, which has not time for all."""
    function.newest_too = True
    return function


class Scenario:
    def __init__(self, area, function):
        self.function = function
        self.name = f"{area}.{function.__name__}"
        self.title = f"{area}: {(inspect.getdoc(function) or function.__name__).splitlines()[0]}"
        self.boot_options = getattr(function, "boot_options", None)
        self.needs_rasd = getattr(function, "needs_rasd", False)
        self.fresh_rasd = getattr(function, "fresh_rasd", False)
        self.ends_guest = getattr(function, "ends_guest", False)
        self.kernels_alike = getattr(function, "kernels_alike", False)
        self.newest_too = getattr(function, "newest_too", False)

    @property
    def has_own_guest(self):
        return self.boot_options is not None

    def matches(self, pattern):
        return not pattern or pattern in self.name or pattern in self.title


def load(directory):
    """All scenarios below directory, those that share a guest and leave it alive first."""
    found = []
    for path in sorted(directory.glob("*.py")):
        specification = importlib.util.spec_from_file_location(f"scenarios_{path.stem}", path)
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        found += [Scenario(path.stem, function) for name, function in vars(module).items()
                  if name.startswith("test_")]
    return sorted(found, key=lambda scenario: (scenario.has_own_guest, scenario.ends_guest))
