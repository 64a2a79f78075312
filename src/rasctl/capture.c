// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * "rasctl capture": what somebody sends who wants help, as a directory that "rasd
 * --replay" takes. Its layout is that of tests/golden.
 */

#include "rasctl/capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "util/clock.h"
#include "util/file.h"
#include "util/text.h"

#define CAPTURE_VERSION 1
#define COPY_BYTES_MAX	(16u << 20)
#define TABLES		"/sys/firmware/acpi/tables/"
#define DMI		"/sys/firmware/dmi/entries"
#define MEMORY_DEVICE	"17-" /* SMBIOS type 17 */

/* --- files --- */

void capture_count(struct capture *capture, const char *name, const char *what,
		   uint64_t bytes)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "what", json_object_new_string(what));
	json_object_object_add(o, "bytes", json_object_new_uint64(bytes));
	json_object_object_add(capture->files, name, o);
}

void capture_put(struct capture *capture, const char *name, const char *what,
		 const void *bytes, size_t len)
{
	_cleanup_(close_fd) int fd = openat(
		capture->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	const char *at = bytes;

	if (fd < 0 && !capture->error)
		capture->error = -errno;
	for (size_t done = 0; fd >= 0 && done < len;) {
		ssize_t n = write(fd, at + done, len - done);

		if (n < 0 && errno != EINTR) {
			capture->error = -errno;
			return;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		capture_count(capture, name, what, len);
}

void capture_put_text(struct capture *capture, const char *name, const char *what,
		      const char *text)
{
	capture_put(capture, name, what, text, strlen(text));
}

void capture_miss(struct capture *capture, const char *what, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	json_object_object_add(capture->missing, what, json_object_new_string(why));
}

void capture_copy(struct capture *capture, const char *from, const char *name,
		  const char *what)
{
	char *bytes = malloc(COPY_BYTES_MAX);
	ssize_t n = bytes ? file_read(AT_FDCWD, from, bytes, COPY_BYTES_MAX) : -ENOMEM;

	if (n == -ENOENT)
		capture_miss(capture, name, "%s: this machine has none", from);
	else if (n < 0)
		capture_miss(capture, name, "%s: %s", from, strerror((int)-n));
	else
		capture_put(capture, name, what, bytes, (size_t)n);
	free(bytes);
}

/* --- facts --- */

static void take_system(struct capture *capture)
{
	struct utsname uts;
	struct sysinfo info;
	char line[128];

	if (uname(&uts) == 0) {
		snprintf(line, sizeof(line), "%s\n", uts.release);
		capture_put_text(capture, "release", "the kernel, as uname -r has it",
				 line);
		snprintf(line, sizeof(line), "%s\n", uts.machine);
		capture_put_text(capture, "machine", "its architecture", line);
	}
	snprintf(line, sizeof(line), "%ld\n", sysconf(_SC_PAGESIZE));
	capture_put_text(capture, "page_size", "of the kernel, in bytes", line);
	if (sysinfo(&info) == 0) {
		snprintf(line, sizeof(line), "%llu\n",
			 (unsigned long long)info.totalram * info.mem_unit);
		capture_put_text(capture, "memory_bytes", "the memory that it uses",
				 line);
	}
	capture_put_text(capture, "version", "of rasctl", PACKAGE_VERSION "\n");
	capture_copy(capture, "/sys/devices/system/cpu/possible", "cpus",
		     "possible CPUs");
}

/* What turns time stamps into times; the log's clock stands while the machine sleeps. */
static void take_clock(struct capture *capture)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "utc_minus_boottime_ns %lld\nboottime_minus_log_ns %lld\n",
		 (long long)clock_realtime_offset_ns(),
		 (long long)(clock_now_ns(CLOCK_BOOTTIME) -
			     clock_now_ns(CLOCK_MONOTONIC)));
	capture_put_text(capture, "clock", "what its clocks differ by", text);
}

static void take_boot_id(struct capture *capture)
{
	char id[64], plain[64] = "";
	struct text text = TEXT_IN(plain);

	if (file_read_line(AT_FDCWD, "/proc/sys/kernel/random/boot_id", id, sizeof(id)) <
	    0)
		return;
	for (const char *c = id; *c; c++)
		if (*c != '-')
			text_add(&text, "%c", *c);
	text_add(&text, "\n");
	capture_put_text(capture, "boot_id", "of this boot, random", plain);
}

static void take_tables(struct capture *capture)
{
	static const char *const tables[] = { "BERT", "HEST", "ERST", "EINJ" };

	if (mkdirat(capture->dirfd, "acpi", 0700) < 0 ||
	    mkdirat(capture->dirfd, "acpi/data", 0700) < 0)
		capture->error = -errno;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		char from[64], name[32];

		snprintf(from, sizeof(from), TABLES "%s", tables[i]);
		snprintf(name, sizeof(name), "acpi/%s", tables[i]);
		capture_copy(capture, from, name, "a table of ACPI");
	}
	if (capture->options->mask)
		capture_miss(capture, "acpi/data/BERT",
			     "masked: its records may hold addresses anywhere");
	else
		capture_copy(capture, TABLES "data/BERT", "acpi/data/BERT",
			     "what firmware kept of errors of the boot before");
}

/* Type 17 as SMBIOS has it: where a module sits, how large it is, its serial number. */
static void take_dmi(struct capture *capture)
{
	DIR *dir = opendir(DMI);
	struct dirent *entry;

	if (!dir || capture->options->mask || mkdirat(capture->dirfd, "dmi", 0700) < 0) {
		capture_miss(capture, "dmi", "%s",
			     !dir ? strerror(errno) : "masked: it has serial numbers");
		if (dir)
			closedir(dir);
		return;
	}
	while ((entry = readdir(dir))) {
		char from[512], name[300];

		if (strncmp(entry->d_name, MEMORY_DEVICE, strlen(MEMORY_DEVICE)))
			continue;
		snprintf(from, sizeof(from), DMI "/%s/raw", entry->d_name);
		snprintf(name, sizeof(name), "dmi/%s", entry->d_name);
		capture_copy(capture, from, name, "SMBIOS of a memory module");
	}
	closedir(dir);
}

/* --- the manifest --- */

static void note_mask(struct capture *capture)
{
	static const char *const notes[] = {
		"processes' names, in the log and in the records' fields \"comm\": the "
		"same name is the same word",
		"physical addresses and page numbers, in the log and in the records' "
		"fields \"pfn\", \"address\" and \"pa\": the same page is the same page, the "
		"place in it is kept",
		"left out: lines of the log that are not known, or that are bytes; BERT's "
		"records; SMBIOS; the boot's id",
		"not masked: process ids; the bytes of firmware sections in records "
		"(arm_event, non_standard_event, cxl, ...), which may hold addresses",
	};

	for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
		json_object_array_add(capture->masked, json_object_new_string(notes[i]));
}

static void write_manifest(struct capture *capture)
{
	struct json_object *o = json_object_new_object();
	char time[UTC_TEXT_BYTES];
	const char *text;

	json_object_object_add(o, "capture", json_object_new_int(CAPTURE_VERSION));
	json_object_object_add(o, "rasctl", json_object_new_string(PACKAGE_VERSION));
	json_object_object_add(
		o, "time",
		json_object_new_string(utc_to_text(clock_now_ns(CLOCK_REALTIME), time)));
	json_object_object_add(o, "seconds",
			       json_object_new_uint64(capture->options->seconds));
	json_object_object_add(o, "masked", capture->masked);
	json_object_object_add(o, "files", capture->files);
	json_object_object_add(o, "missing", capture->missing);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							 JSON_C_TO_STRING_NOSLASHESCAPE);
	capture->files = json_object_new_object(); /* the manifest is not in itself */
	capture_put_text(capture, "MANIFEST.json", "", text);
	json_object_put(capture->files);
	json_object_put(o);
}

static void print_missing(const struct capture *capture)
{
	json_object_object_foreach(capture->missing, what, why)
		fprintf(stderr, "rasctl: without %s: %s\n", what,
			json_object_get_string(why));
}

/* --- the verb --- */

/* They end the recording, not us: the trace instance must go. */
static void hold_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int fill(struct capture *capture)
{
	int r = capture_trace(capture);

	if (r != CTL_OK)
		return r;
	take_system(capture);
	take_clock(capture);
	if (!capture->options->mask)
		take_boot_id(capture);
	take_tables(capture);
	take_dmi(capture);
	capture_log(capture);
	if (capture->options->mask)
		note_mask(capture);
	print_missing(capture);
	write_manifest(capture);
	return CTL_OK;
}

static int run(const struct options *options, char **arguments)
{
	struct capture capture = { .options = options, .dirfd = -1 };
	int r;

	if (options->mask && options->all_log)
		return complain(
			CTL_USAGE,
			"--mask and --all-log do not go together: nobody knows what "
			"to mask in every line");
	if (mkdir(arguments[0], 0700) < 0)
		return complain(CTL_FAILED, "cannot make the directory %s: %s",
				arguments[0], strerror(errno));
	capture.dirfd = open(arguments[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = mask_init(&capture.mask, (uint64_t)sysconf(_SC_PAGESIZE));
	if (capture.dirfd < 0 || r < 0)
		return complain(CTL_FAILED, "%s: %s", arguments[0],
				strerror(r < 0 ? -r : errno));
	capture.files = json_object_new_object();
	capture.missing = json_object_new_object();
	capture.masked = json_object_new_array();
	hold_signals();
	r = fill(&capture);
	close_fd(capture.dirfd);
	if (r != CTL_OK) {
		rmdir(arguments[0]);
		return r;
	}
	if (capture.error)
		return complain(CTL_FAILED, "cannot write all of %s: %s", arguments[0],
				strerror(-capture.error));
	printf("%s: see its MANIFEST.json; rasd --replay takes it\n", arguments[0]);
	return CTL_OK;
}

const struct verb verb_capture = {
	.name = "capture",
	.arguments = "DIR",
	.summary = "what somebody needs to help: records, log, tables",
	.description =
		"Makes DIR and puts into it what this machine's kernel has of errors, for\n"
		"somebody else: its trace records for some seconds (rasd's own stay rasd's),\n"
		"its log, ACPI's tables about errors. MANIFEST.json says what is there and\n"
		"what is not. \"rasd --replay DIR\" takes it. Needs root.",
	.options = "123T",
	.min_arguments = 1,
	.max_arguments = 1,
	.run = run,
};
