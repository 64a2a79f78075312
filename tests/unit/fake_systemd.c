// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * FAKE: the few methods and properties of org.freedesktop.systemd1 that rasd uses, over a
 * socket of its own, as systemd's private one: no bus in between, no Hello.
 */

#include "unit/check.h"

#include "unit/act_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define PATH_PREFIX "/org/freedesktop/systemd1/unit/u"

struct fake_systemd *fake_systemd_new(void)
{
	struct fake_systemd *systemd =
		mmap(NULL, sizeof(*systemd), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(systemd != MAP_FAILED);
	systemd->missing = systemd->mistyped = -1;
	systemd->id_bytes = 16;
	return systemd;
}

void fake_systemd_free(struct fake_systemd *systemd)
{
	munmap(systemd, sizeof(*systemd));
}

struct fake_unit *fake_unit_add(struct fake_systemd *systemd, const char *name,
				int32_t main_pid, const char *invocation)
{
	struct fake_unit *unit = &systemd->units[systemd->n_units++];

	assert_true(systemd->n_units <= FAKE_UNITS_MAX);
	*unit = (struct fake_unit){ .look = { .load_state = "loaded",
					      .active_state = "failed",
					      .sub_state = "failed",
					      .result = "signal",
					      .exec_main_pid = main_pid,
					      .exec_main_code = CLD_KILLED,
					      .exec_main_status = SIGBUS,
					      .main_exit_usec = 7000000,
					      .active_exit_usec = 7000001 } };
	strcpy(unit->name, name);
	strcpy(unit->look.invocation, invocation);
	return unit;
}

/* --- properties --- */

static void append_id(sd_bus_message *reply, const struct fake_systemd *systemd,
		      const char *hex)
{
	uint8_t id[32] = { 0 };

	for (size_t i = 0; i < 16 && hex[0]; i++)
		sscanf(hex + 2 * i, "%2hhx", &id[i]);
	sd_bus_message_open_container(reply, 'e', "sv");
	sd_bus_message_append(reply, "s", "InvocationID");
	sd_bus_message_open_container(reply, 'v', "ay");
	sd_bus_message_append_array(reply, 'y', id, hex[0] ? systemd->id_bytes : 0);
	sd_bus_message_close_container(reply);
	sd_bus_message_close_container(reply);
}

static void append_one(sd_bus_message *reply, const struct fake_systemd *systemd,
		       const struct unit_look *look, int i)
{
	static const char *const names[FAKE_PROPERTIES] = {
		"LoadState",
		"ActiveState",
		"SubState",
		"Result",
		"InvocationID",
		"MainPID",
		"ExecMainPID",
		"ExecMainCode",
		"ExecMainStatus",
		"Job",
		"ActiveExitTimestampMonotonic",
		"ExecMainExitTimestampMonotonic",
		"Delegate"
	};
	const char *const texts[] = { look->load_state, look->active_state,
				      look->sub_state, look->result };
	const int32_t numbers[] = { look->main_pid, look->exec_main_pid,
				    look->exec_main_code, look->exec_main_status };

	if (i == systemd->missing)
		return;
	if (i == systemd->mistyped)
		sd_bus_message_append(reply, "{sv}", names[i], "y", 1);
	else if (i < 4)
		sd_bus_message_append(reply, "{sv}", names[i], "s", texts[i]);
	else if (i == 4)
		append_id(reply, systemd, look->invocation);
	else if (i < 9)
		sd_bus_message_append(reply, "{sv}", names[i], i < 7 ? "u" : "i",
				      numbers[i - 5]);
	else if (i == 9)
		sd_bus_message_append(reply, "{sv}", names[i], "(uo)", look->job, "/job");
	else if (i == 12)
		sd_bus_message_append(reply, "{sv}", names[i], "b", look->delegated);
	else
		sd_bus_message_append(reply, "{sv}", names[i], "t",
				      i == 10 ? look->active_exit_usec :
						look->main_exit_usec);
}

/* Among others of all forms, which are none of ours. */
static int send_properties(sd_bus_message *call, const struct fake_systemd *systemd,
			   const struct unit_look *look)
{
	sd_bus_message *reply = NULL;
	int r;

	sd_bus_message_new_method_return(call, &reply);
	sd_bus_message_open_container(reply, 'a', "{sv}");
	sd_bus_message_append(reply, "{sv}", "ExecStart", "a(sasbtt)", 1, "/bin/x", 2,
			      "x", "-y", 0, (uint64_t)1, (uint64_t)2);
	for (int i = 0; i < FAKE_PROPERTIES; i++) {
		append_one(reply, systemd, look, i);
		sd_bus_message_append(reply, "{sv}", "MainPIDs", "a{sv}", 1, "MainPID",
				      "u", 4711);
	}
	sd_bus_message_close_container(reply);
	r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

/* --- methods --- */

static struct fake_unit *unit_named(struct fake_systemd *systemd, const char *name)
{
	for (int i = 0; i < systemd->n_units; i++)
		if (!strcmp(systemd->units[i].name, name))
			return &systemd->units[i];
	return NULL;
}

static int no_such_unit(sd_bus_message *call)
{
	return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit",
					  "Unit not loaded.");
}

static int get_unit(sd_bus_message *call, struct fake_systemd *systemd, bool load)
{
	const char *name = "";
	struct fake_unit *unit;
	char path[64];

	sd_bus_message_read(call, "s", &name);
	load ? systemd->loads++ : systemd->gets++;
	if (!strchr(name, '.'))
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_INVALID_ARGS,
						  "Unit name %s is not valid.", name);
	unit = unit_named(systemd, name);
	if (!unit && load) {
		unit = fake_unit_add(systemd, name, 0, "");
		unit->look = (struct unit_look){ .load_state = "not-found",
						 .active_state = "inactive",
						 .sub_state = "dead",
						 .result = "success" };
	}
	if (!unit || (unit->unloaded && !load))
		return no_such_unit(call);
	snprintf(path, sizeof(path), PATH_PREFIX "%d", (int)(unit - systemd->units));
	return sd_bus_reply_method_return(call, "o", path);
}

static int get_all(sd_bus_message *call, struct fake_systemd *systemd)
{
	int i = -1;

	sscanf(sd_bus_message_get_path(call), PATH_PREFIX "%d", &i);
	if (systemd->manner == MANNER_VANISHED || i < 0 || i >= systemd->n_units)
		return no_such_unit(call);
	if (systemd->manner == MANNER_HANGS_UP) {
		sd_bus_close(sd_bus_message_get_bus(call));
		return 1;
	}
	return send_properties(call, systemd, &systemd->units[i].look);
}

static int list(sd_bus_message *call, const struct fake_systemd *systemd)
{
	sd_bus_message *reply = NULL;
	char path[64];
	int r;

	if (systemd->manner == MANNER_ODD_LIST)
		return sd_bus_reply_method_return(call, "a(ss)", 1, "x.service", "x");
	sd_bus_message_new_method_return(call, &reply);
	sd_bus_message_open_container(reply, 'a', "(ssssssouso)");
	for (int i = 0; i < systemd->n_units; i++) {
		snprintf(path, sizeof(path), PATH_PREFIX "%d", i);
		sd_bus_message_append(reply, "(ssssssouso)", systemd->units[i].name,
				      "A unit", "loaded", "failed", "failed", "", path, 0,
				      "", "/");
	}
	sd_bus_message_close_container(reply);
	r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static void set_up(struct unit_look *look, const char *active, const char *result)
{
	strcpy(look->active_state, active);
	strcpy(look->result, result);
	strcpy(look->invocation, "ffffffffffffffffffffffffffffffff");
}

static void begin(struct unit_look *look, enum fake_start start)
{
	switch (start) {
	case START_RUNS:
	case START_UNANSWERED:
		set_up(look, "active", "success");
		break;
	case START_ENDS:
		set_up(look, "inactive", "success");
		break;
	case START_FAILS:
		set_up(look, "failed", "exit-code");
		break;
	case START_IS_LONG:
		set_up(look, "activating", "success");
		look->job = 12;
		break;
	case START_IS_STUCK:
		look->job = 12;
		break;
	case START_NOTHING:
	case START_IS_REFUSED:
	case START_LOST:
		break;
	}
}

static int start_unit(sd_bus_message *call, struct fake_systemd *systemd)
{
	const char *name = "", *mode = "";
	struct fake_unit *unit;

	sd_bus_message_read(call, "ss", &name, &mode);
	systemd->starts++;
	snprintf(systemd->started, sizeof(systemd->started), "%s", name);
	snprintf(systemd->start_mode, sizeof(systemd->start_mode), "%s", mode);
	unit = unit_named(systemd, name);
	if (!unit)
		return no_such_unit(call);
	begin(&unit->look, systemd->start);
	if (systemd->start == START_UNANSWERED || systemd->start == START_LOST)
		return 1;
	if (systemd->start == START_IS_REFUSED)
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED,
						  "It is\nforbidden.");
	return sd_bus_reply_method_return(call, "o", "/job/12");
}

static int on_message(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	struct fake_systemd *systemd = userdata;

	(void)error;
	if (systemd->manner == MANNER_SILENT)
		return 1;
	if (sd_bus_message_is_method_call(call, NULL, "Hello"))
		return sd_bus_reply_method_return(call, "s", ":1.7");
	if (systemd->manner == MANNER_LONELY_BUS)
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_SERVICE_UNKNOWN,
						  "Nobody has that name.");
	if (sd_bus_message_is_method_call(call, NULL, "GetUnit"))
		return get_unit(call, systemd, false);
	if (sd_bus_message_is_method_call(call, NULL, "LoadUnit"))
		return get_unit(call, systemd, true);
	if (sd_bus_message_is_method_call(call, NULL, "StartUnit"))
		return start_unit(call, systemd);
	if (sd_bus_message_is_method_call(call, NULL, "ListUnitsFiltered"))
		return list(call, systemd);
	if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties",
					  "GetAll"))
		return get_all(call, systemd);
	return 0;
}

/* --- its process --- */

static void serve(struct fake_systemd *systemd, int fd)
{
	sd_id128_t id = { .qwords = { 1, 2 } };
	sd_bus *bus = NULL;
	int r;

	systemd->connections++;
	sd_bus_new(&bus);
	sd_bus_set_fd(bus, fd, fd);
	sd_bus_set_server(bus, 1, id);
	sd_bus_start(bus);
	sd_bus_add_filter(bus, NULL, on_message, systemd);
	while ((r = sd_bus_process(bus, NULL)) >= 0)
		if (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0)
			break;
	sd_bus_close(bus);
	sd_bus_unref(bus);
}

static int listen_at(const struct fake_tree *tree, const char *name, int backlog)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", tree->root, name);
	assert_true(fd >= 0);
	unlink(at.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

pid_t fake_systemd_run(struct fake_systemd *systemd, const struct fake_tree *tree,
		       const char *name, char *address, size_t size)
{
	int fd = listen_at(tree, name, 8);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			serve(systemd, accept4(fd, NULL, NULL, SOCK_CLOEXEC));
	}
	close(fd);
	snprintf(address, size, "unix:path=%s/%s", tree->root, name);
	return pid;
}

void fake_systemd_end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

void fake_bus(const struct fake_tree *tree, const char *name)
{
	char address[128];

	snprintf(address, sizeof(address), "unix:path=%s/%s", tree->root, name);
	assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1), 0);
}

int fake_mute_bus(const struct fake_tree *tree)
{
	fake_bus(tree, "bus");
	return listen_at(tree, "bus", 8);
}

void fake_no_bus(const struct fake_tree *tree)
{
	fake_bus(tree, "no-bus");
}
