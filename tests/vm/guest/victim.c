/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A process with memory to lose. It maps pages, fills them with a pattern, says
 * where the first one is (virtual and physical), and then does as it is told:
 * SIGUSR1 makes it touch its pages, SIGUSR2 makes it look whether the pattern is
 * still there. What SIGBUS brings is written down at once by the handler, with
 * nothing but write(2), so that the line is there even if the process is not.
 *
 * All it says goes to standard output, one fact a line:
 *
 *   ready pid=712 vaddr=0xffff9c000000 pfn=0x4a123 paddr=0x4a123000
 *   SIGBUS code=BUS_MCEERR_AR addr=0xffff9c000000 lsb=12
 *   touch ok | touch sigbus | pattern intact | pattern lost
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGEMAP_PFN	((UINT64_C(1) << 55) - 1)
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PATTERN		0xa5

struct options {
	long pages;
	int mce_kill;	     /* PR_MCE_KILL_LATE, _EARLY or _DEFAULT */
	bool default_action; /* leave SIGBUS alone: it kills */
	bool replace;	     /* after SIGBUS, map a new page over the lost one */
	bool lock;	     /* mlock() the pages */
	bool stubborn;	     /* SIGTERM does not end it */
	bool forge;	     /* not touch the pages, but tell itself that it did */
	const char *file;    /* map this file, shared, instead of anonymous memory */
};

static volatile unsigned char *memory;
static size_t memory_bytes;
static size_t page_bytes;
static bool replace_lost_page;

static sigjmp_buf touching;
static volatile sig_atomic_t is_touching;

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void say(const char *line)
{
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		_exit(EXIT_FAILURE);
}

/* ---- the handler: async-signal-safe throughout ---- */

static char *append(char *end, const char *text)
{
	size_t length = strlen(text);

	memcpy(end, text, length);
	return end + length;
}

static char *append_number(char *end, uintptr_t number, unsigned int base)
{
	char digits[24];
	size_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number > 0);
	while (count > 0)
		*end++ = digits[--count];
	return end;
}

static const char *bus_code_name(int code)
{
	switch (code) {
	case BUS_ADRALN:
		return "BUS_ADRALN";
	case BUS_ADRERR:
		return "BUS_ADRERR";
	case BUS_OBJERR:
		return "BUS_OBJERR";
	case BUS_MCEERR_AR:
		return "BUS_MCEERR_AR";
	case BUS_MCEERR_AO:
		return "BUS_MCEERR_AO";
	case SI_KERNEL:
		return "SI_KERNEL";
	case SI_USER:
		return "SI_USER";
	}
	return "other";
}

static void on_sigbus(int signal_number, siginfo_t *info, void *context)
{
	char line[160], *end = line;
	uintptr_t address = (uintptr_t)info->si_addr;

	(void)signal_number;
	(void)context;
	end = append(end, "SIGBUS code=");
	end = append(end, bus_code_name(info->si_code));
	end = append(end, " addr=0x");
	end = append_number(end, address, 16);
	end = append(end, " lsb=");
	end = append_number(end, (uintptr_t)info->si_addr_lsb, 10);
	*end++ = '\n';
	if (write(STDOUT_FILENO, line, (size_t)(end - line)) < 0)
		_exit(EXIT_FAILURE);

	if (replace_lost_page)
		mmap((void *)(address & ~(page_bytes - 1)), page_bytes,
		     PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		     0);
	if (info->si_code == BUS_MCEERR_AO)
		return;
	if (!is_touching)
		_exit(EXIT_FAILURE); /* would fault again for ever */
	siglongjmp(touching, 1);
}

/* ---- the memory ---- */

static void map_memory(const struct options *options)
{
	int fd = -1, flags = MAP_PRIVATE | MAP_ANONYMOUS;

	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	memory_bytes = (size_t)options->pages * page_bytes;
	if (options->file) {
		flags = MAP_SHARED;
		fd = open(options->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0 || ftruncate(fd, (off_t)memory_bytes) < 0)
			die(options->file);
	}

	memory = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	/* One page is to be lost, not the huge page around it. */
	(void)madvise((void *)memory, memory_bytes, MADV_NOHUGEPAGE);
	memset((void *)memory, PATTERN, memory_bytes);
	if (options->lock && mlock((void *)memory, memory_bytes) < 0)
		die("mlock");
}

static uint64_t pfn_of(volatile void *address)
{
	uint64_t entry = 0;
	off_t offset = (off_t)((uintptr_t)address / page_bytes * sizeof(entry));
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pread(fd, &entry, sizeof(entry), offset) != sizeof(entry))
		die("/proc/self/pagemap");
	close(fd);
	return entry & PAGEMAP_PRESENT ? entry & PAGEMAP_PFN : 0;
}

static bool pattern_is_intact(void)
{
	for (size_t i = 0; i < memory_bytes; i++)
		if (memory[i] != PATTERN)
			return false;
	return true;
}

static void touch(bool compare)
{
	bool intact;

	if (sigsetjmp(touching, 1) != 0) {
		is_touching = 0;
		say("touch sigbus\n");
		return;
	}
	is_touching = 1;
	intact = pattern_is_intact();
	is_touching = 0;
	if (compare)
		say(intact ? "pattern intact\n" : "pattern lost\n");
	else
		say("touch ok\n");
}

/* ---- the process ---- */

static struct options parse_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "early", no_argument, NULL, 'e' },
		{ "late", no_argument, NULL, 'l' },
		{ "default", no_argument, NULL, 'd' },
		{ "replace", no_argument, NULL, 'r' },
		{ "mlock", no_argument, NULL, 'm' },
		{ "stubborn", no_argument, NULL, 's' },
		{ "forge", no_argument, NULL, 'F' },
		{ "pages", required_argument, NULL, 'p' },
		{ "file", required_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { .pages = 1, .mce_kill = PR_MCE_KILL_DEFAULT };
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'e':
			options.mce_kill = PR_MCE_KILL_EARLY;
			break;
		case 'l':
			options.mce_kill = PR_MCE_KILL_LATE;
			break;
		case 'd':
			options.default_action = true;
			break;
		case 'r':
			options.replace = true;
			break;
		case 'm':
			options.lock = true;
			break;
		case 'F':
			options.forge = true;
			break;
		case 's':
			options.stubborn = true;
			break;
		case 'p':
			options.pages = atol(optarg);
			break;
		case 'f':
			options.file = optarg;
			break;
		default:
			exit(EXIT_FAILURE);
		}
	}
	return options;
}

static void install_handler(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGBUS, &action, NULL) < 0)
		die("sigaction");
}

/* Sends itself what the kernel sends to whoever touches a poisoned page. */
static void forge(void)
{
	siginfo_t info = { .si_signo = SIGBUS };

	info.si_code = BUS_MCEERR_AR;
	info.si_addr = (void *)memory;
	info.si_addr_lsb = 12;
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, &info);
	say("touch forged\n");
}

static void obey(const sigset_t *orders, bool forges)
{
	for (;;) {
		int order = sigwaitinfo(orders, NULL);

		if (order == SIGUSR1 && forges)
			forge();
		else if (order == SIGUSR1)
			touch(false);
		else if (order == SIGUSR2)
			touch(true);
		else if (errno != EINTR)
			die("sigwaitinfo");
	}
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	sigset_t orders;
	char line[160];
	uint64_t pfn;

	sigemptyset(&orders);
	sigaddset(&orders, SIGUSR1);
	sigaddset(&orders, SIGUSR2);
	sigprocmask(SIG_BLOCK, &orders, NULL);

	if (prctl(PR_MCE_KILL, PR_MCE_KILL_SET, options.mce_kill, 0, 0) < 0)
		die("PR_MCE_KILL");
	replace_lost_page = options.replace;
	if (!options.default_action)
		install_handler();
	if (options.stubborn)
		signal(SIGTERM, SIG_IGN);

	map_memory(&options);
	pfn = pfn_of(memory);
	snprintf(line, sizeof(line),
		 "ready pid=%d vaddr=0x%" PRIxPTR " pfn=0x%" PRIx64 " paddr=0x%" PRIx64
		 "\n",
		 getpid(), (uintptr_t)memory, pfn, pfn * page_bytes);
	say(line);
	obey(&orders, options.forge);
}
