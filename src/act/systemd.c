// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The way to systemd: over the system's bus, and where that is gone (its own poison may
 * have been what killed it) over systemd's private socket, which speaks D-Bus without a
 * bus in between and lets only root in. No answer is waited for without limit.
 */

#include "act/act_private.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "util/clock.h"

#define PRIVATE_ADDRESS "unix:path=/run/systemd/private"
#define NO_SUCH_UNIT	"org.freedesktop.systemd1.NoSuchUnit"

static uint64_t call_usec(const struct actuator *actuator)
{
	return actuator->call_usec ? actuator->call_usec : UNIT_LOOK_TIMEOUT;
}

/*
 * libsystemd would wait for a bus that accepts and says nothing as long as it lasts: so
 * what comes before the first call is done here.
 */
static int wait_until_ready(sd_bus *bus, uint64_t timeout_usec)
{
	int64_t end_ns = clock_now_ns(CLOCK_MONOTONIC) + (int64_t)timeout_usec * 1000;

	for (;;) {
		int64_t left_ns = end_ns - clock_now_ns(CLOCK_MONOTONIC);
		int r = sd_bus_is_ready(bus);

		if (r != 0)
			return r < 0 ? r : 0;
		if (left_ns <= 0)
			return -ETIMEDOUT;
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, (uint64_t)left_ns / 1000);
		if (r < 0 && r != -EINTR)
			return r;
	}
}

static int settle(struct actuator *actuator)
{
	int r = sd_bus_set_method_call_timeout(actuator->bus, call_usec(actuator));

	return r < 0 ? r : wait_until_ready(actuator->bus, call_usec(actuator));
}

/* A bus without systemd on it is none to us. */
static int open_bus(struct actuator *actuator)
{
	int r = sd_bus_open_system(&actuator->bus);

	r = r < 0 ? r : settle(actuator);
	if (r < 0)
		return r;
	return sd_bus_call_method(actuator->bus, SYSTEMD_SERVICE, SYSTEMD_PATH,
				  "org.freedesktop.DBus.Peer", "Ping", NULL, NULL, NULL);
}

static int open_private(struct actuator *actuator)
{
	const char *address = actuator->systemd_address;
	int r = sd_bus_new(&actuator->bus);

	r = r < 0 ? r :
		    sd_bus_set_address(actuator->bus,
				       address ? address : PRIVATE_ADDRESS);
	r = r < 0 ? r : sd_bus_start(actuator->bus);
	return r < 0 ? r : settle(actuator);
}

static int open_connection(struct actuator *actuator)
{
	int r;

	if (actuator->bus)
		return 0;
	r = open_bus(actuator);
	if (r < 0) {
		actuator_close(actuator);
		r = open_private(actuator);
	}
	if (r < 0)
		actuator_close(actuator);
	return r < 0 ? r : 0;
}

/*
 * Whether somebody at the other end has thought about it and said no: then nothing is
 * wrong with the connection. libsystemd gives its own errors names as well.
 */
static bool is_answer(const sd_bus_error *error)
{
	static const char *const not_answers[] = {
		SD_BUS_ERROR_TIMEOUT,		SD_BUS_ERROR_NO_REPLY,
		SD_BUS_ERROR_DISCONNECTED,	SD_BUS_ERROR_SERVICE_UNKNOWN,
		SD_BUS_ERROR_NAME_HAS_NO_OWNER, SD_BUS_ERROR_NO_MEMORY,
		SD_BUS_ERROR_IO_ERROR
	};

	if (!error->name || !strncmp(error->name, "System.Error.", 13))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(not_answers); i++)
		if (!strcmp(error->name, not_answers[i]))
			return false;
	return true;
}

int systemd_call(struct actuator *actuator, const char *path, const char *interface,
		 const char *member, sd_bus_error *ret_error, sd_bus_message **ret,
		 const char *types, ...)
{
	int r = open_connection(actuator);
	va_list ap;

	if (r < 0)
		return r;
	va_start(ap, types);
	r = sd_bus_call_methodv(actuator->bus, SYSTEMD_SERVICE, path, interface, member,
				ret_error, ret, types, ap);
	va_end(ap);
	if (r >= 0)
		return 0;
	if (sd_bus_error_has_name(ret_error, NO_SUCH_UNIT))
		return -ENOENT;
	if (!is_answer(ret_error))
		actuator_close(actuator);
	return r;
}
