/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Looks into a process, and reaches into it, so that a scenario can choose which page of
 * it is to fail and how it is to learn of that:
 *
 *   poke pages PID [KIND]          its pages, one a line: kind vaddr pfn offset name
 *   poke cache FILE                the pages of a file in memory: cache offset pfn
 *   poke syscall PID NR [ARG...]   has it make a system call, and says what that returned
 *   poke touch PID ADDRESS         has it read a byte of its own memory
 *
 * The numbers are hexadecimal, but for what is passed, which may be any.
 */

#define _GNU_SOURCE

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGEMAP_PFN     ((UINT64_C(1) << 55) - 1)
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define SVC             UINT64_C(0xd4000001)
#define LDRB            UINT64_C(0x39400000) /* w0, [x0] */
#define BRK             UINT64_C(0xd4200000)

struct mapping {
	uintptr_t from, to;
	uint64_t offset;
	char rights[8];
	char name[4096];
};

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static uint64_t pfn_at(int pagemap, uintptr_t address)
{
	uint64_t entry = 0, page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (pread(pagemap, &entry, sizeof(entry),
		  (off_t)(address / page * sizeof(entry))) != sizeof(entry))
		return 0;
	return entry & PAGEMAP_PRESENT ? entry & PAGEMAP_PFN : 0;
}

static int open_of(const char *pid, const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

static int ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static const char *kind_of(const struct mapping *now, const struct mapping *before,
			   const char *program)
{
	if (strcmp(now->name, "[heap]") == 0)
		return "heap";
	if (strcmp(now->name, "[stack]") == 0)
		return "stack";
	if (ends_with(now->name, ".ring"))
		return "ring";
	if (ends_with(now->name, "-shm"))
		return "shm";
	if (strstr(now->name, "/memfd:"))
		return "memfd";
	if (now->rights[1] != 'w')
		return now->name[0] == '/' ? "text" : "other";
	if (strcmp(now->name, program) == 0)
		return "data";
	if (now->name[0] == '/')
		return "library";
	if (now->name[0] == '\0' && now->from == before->to &&
	    strcmp(before->name, program) == 0)
		return "bss";
	return now->name[0] ? "other" : "anonymous";
}

static void print_pages(const char *pid, const char *wanted)
{
	int pagemap = open_of(pid, "pagemap");
	FILE *maps = fdopen(open_of(pid, "maps"), "r");
	struct mapping now, before = { 0 };
	char line[8192], program[4096] = "", link[64];
	const char *kind;
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	snprintf(link, sizeof(link), "/proc/%s/exe", pid);
	if (!maps || readlink(link, program, sizeof(program) - 1) < 0)
		die(link);
	while (fgets(line, sizeof(line), maps)) {
		now.name[0] = '\0';
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %" SCNx64 " %*s %*s %4095[^\n]",
			   &now.from, &now.to, now.rights, &now.offset, now.name) < 4)
			continue;
		kind = kind_of(&now, &before, program);
		for (uintptr_t at = now.from; at < now.to; at += page) {
			uint64_t pfn = 0;

			if (!wanted || strcmp(wanted, kind) == 0)
				pfn = pfn_at(pagemap, at);
			if (pfn)
				printf("%s 0x%" PRIxPTR " 0x%" PRIx64 " 0x%" PRIx64 " %s\n",
				       kind, at, pfn, now.offset + (at - now.from), now.name);
		}
		before = now;
	}
	fclose(maps);
	close(pagemap);
}

static void print_cache(const char *path)
{
	int pagemap = open_of("self", "pagemap"), fd = open(path, O_RDONLY | O_CLOEXEC);
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	volatile const char *map;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die(path);
	for (off_t at = 0; at < st.st_size; at += (off_t)page) {
		(void)map[at];
		printf("cache 0x%" PRIx64 " 0x%" PRIx64 "\n", (uint64_t)at,
		       pfn_at(pagemap, (uintptr_t)map + (uintptr_t)at));
	}
}

#ifdef __aarch64__

static void registers(int request, pid_t pid, struct user_regs_struct *regs)
{
	struct iovec vector = { .iov_base = regs, .iov_len = sizeof(*regs) };

	if (ptrace(request, pid, NT_PRSTATUS, &vector) < 0)
		die("registers");
}

static int stop_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		die("it does not stop");
	return WSTOPSIG(status);
}

/*
 * Two instructions at its program counter, this one and brk, then all as it was. A
 * SIGBUS that comes of it is passed on when the process is itself again. An address that
 * is none in this process is our mistake: it may have become another one meanwhile.
 */
static void execute(pid_t pid, uint64_t instruction, uint64_t number, char **arguments,
		    int n)
{
	struct user_regs_struct saved, regs;
	int signal_number;
	long text;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0 || ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0)
		die("ptrace");
	stop_of(pid);
	registers(PTRACE_GETREGSET, pid, &saved);
	regs = saved;
	for (int i = 0; i < 6; i++)
		regs.regs[i] = i < n ? strtoull(arguments[i], NULL, 0) : 0;
	regs.regs[8] = number;
	errno = 0;
	text = ptrace(PTRACE_PEEKTEXT, pid, saved.pc, 0);
	if (errno || ptrace(PTRACE_POKETEXT, pid, saved.pc, (BRK << 32) | instruction) < 0)
		die("its text");
	registers(PTRACE_SETREGSET, pid, &regs);
	if (ptrace(PTRACE_CONT, pid, 0, 0) < 0)
		die("ptrace");
	signal_number = stop_of(pid);
	registers(PTRACE_GETREGSET, pid, &regs);
	registers(PTRACE_SETREGSET, pid, &saved);
	if (ptrace(PTRACE_POKETEXT, pid, saved.pc, text) < 0)
		die("its text");
	printf("result %lld signal %d\n", (long long)regs.regs[0],
	       signal_number == SIGTRAP ? 0 : signal_number);
	if (ptrace(PTRACE_DETACH, pid, 0, signal_number == SIGBUS ? SIGBUS : 0) < 0)
		die("ptrace");
}

#else

static void execute(pid_t pid, uint64_t instruction, uint64_t number, char **arguments,
		    int n)
{
	(void)pid;
	(void)instruction;
	(void)number;
	(void)arguments;
	(void)n;
	fprintf(stderr, "poke: processes are reached into on arm64 only\n");
	exit(EXIT_FAILURE);
}

#endif

int main(int argc, char **argv)
{
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "pages") == 0)
		print_pages(argv[2], argv[3]);
	else if (argc == 3 && strcmp(argv[1], "cache") == 0)
		print_cache(argv[2]);
	else if (argc > 3 && strcmp(argv[1], "syscall") == 0)
		execute(atoi(argv[2]), SVC, strtoull(argv[3], NULL, 0), argv + 4, argc - 4);
	else if (argc == 4 && strcmp(argv[1], "touch") == 0)
		execute(atoi(argv[2]), LDRB, 0, argv + 3, 1);
	else {
		fprintf(stderr, "poke pages PID [KIND] | cache FILE | syscall PID NR [ARG...] |\n"
				"     touch PID ADDRESS\n");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
