/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The kernel's own messages that a module has come or gone (NETLINK_KOBJECT_UEVENT, group
 * 1): tracepoints come and go with them, and tracefs tells nobody. The kernel drops all
 * other messages, so they wake nobody.
 */

#include <stdbool.h>

#define MODULES_DEVPATH "/module/"

int module_watch_open(const char *devpath);
bool module_watch_read(int fd);
