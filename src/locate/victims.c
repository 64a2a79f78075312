// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The kernel takes a poisoned page out of the page tables of all that have it and leaves
 * a mark with its number. Until such a process touches it nothing happens to it, and
 * nothing else tells that it will be hit. /proc/PID/pagemap shows these marks, and pages
 * that are still there.
 *
 * Address space costs nothing, and any user can have a great deal of it, so what is read
 * has limits: for a process and for all of them together.
 *
 * Not seen: huge pages of hugetlbfs, whose marks the kernel does not show there (6.1 to
 * 6.12, fs/proc/task_mmu.c), and processes whose first thread has ended before others.
 */

#include "locate/victims.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "locate/process.h"
#include "util/macro.h"
#include "util/text.h"

#define MAPS_BYTES	8192
#define CHUNK_ENTRIES	8192	     /* 64 KiB */
#define PROCESS_ENTRIES (1ULL << 28) /* 1 TiB of 4 KiB pages: a second or two */
#define ALL_ENTRIES	(1ULL << 32)
#define NO_PFN		UINT64_MAX

/* Documentation/admin-guide/mm/pagemap.rst */
#define PRESENT	   (1ULL << 63)
#define SWAPPED	   (1ULL << 62)
#define PFN_MASK   ((1ULL << 55) - 1)
#define TYPE_BITS  5
#define TYPE_MASK  ((1ULL << TYPE_BITS) - 1)
#define MARK_MASK  ((1ULL << 50) - 1)
#define TYPE_FIRST 20 /* the mark's is from 22 to 29; of real swap there is less */

/*
 * include/uapi/linux/fs.h, which those of our build may be too old for: pages of which
 * something is true, as ranges.
 */
#define PAGEMAP_SCAN _IOWR('f', 16, struct pm_scan_arg)
#define IS_PRESENT   (1ULL << 3)
#define IS_SWAPPED   (1ULL << 4)
#define REGIONS	     64
#define LARGE_BYTES  (64ULL << 20) /* less is read at once, whatever is in it */
#define SCAN_BYTES   (64ULL << 30) /* at once: the process cannot map meanwhile */

struct page_region {
	uint64_t start, end, categories;
};

struct pm_scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

struct search {
	uint64_t pfns[VICTIMS_PFNS_MAX]; /* ascending */
	size_t n_pfns;
	uint64_t found;			      /* bits: of pfns, in this process … */
	uint64_t addresses[VICTIMS_PFNS_MAX]; /* … where */
	uint64_t page_size;
	uint64_t process_left, all_left; /* entries that may be read */
	int error;			 /* the first thing that could not be looked at */
	uint64_t entries[CHUNK_ENTRIES];
};

static void note_error(struct search *search, int error)
{
	if (!search->error)
		search->error = error;
}

/* --- page table entries ---------------------------------------------------------- */

static uint64_t pfn_of(uint64_t entry)
{
	if (entry & PRESENT)
		return entry & PFN_MASK ? entry & PFN_MASK : NO_PFN; /* not for us */
	if (entry & SWAPPED && (entry & TYPE_MASK) >= TYPE_FIRST)
		return entry >> TYPE_BITS & MARK_MASK;
	return NO_PFN;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static void check_entry(struct search *search, uint64_t entry, uint64_t address)
{
	uint64_t pfn = pfn_of(entry), bit;
	const uint64_t *at;

	if (pfn < search->pfns[0] || pfn > search->pfns[search->n_pfns - 1])
		return;
	at = bsearch(&pfn, search->pfns, search->n_pfns, sizeof(pfn), compare);
	if (!at)
		return;
	bit = 1ULL << (at - search->pfns);
	if (!(search->found & bit))
		search->addresses[at - search->pfns] = address;
	search->found |= bit;
}

/* --- a process ------------------------------------------------------------------- */

/* How many entries may be read now of those that are wanted. */
static size_t allowed(struct search *search, uint64_t wanted)
{
	uint64_t n = MIN(wanted, (uint64_t)CHUNK_ENTRIES);

	n = MIN(n, search->process_left);
	n = MIN(n, search->all_left);
	if (!n)
		note_error(search, -EOVERFLOW);
	search->process_left -= n;
	search->all_left -= n;
	return (size_t)n;
}

/*
 * Entries of 8 bytes by virtual page number. Of addresses beyond a process's own, such
 * as the vsyscall page's, there are none to read.
 */
static void search_range(struct search *search, int pagemap_fd, uint64_t start,
			 uint64_t end)
{
	uint64_t page = start / search->page_size, end_page = end / search->page_size;

	while (page < end_page) {
		size_t wanted = allowed(search, end_page - page), n;
		ssize_t len =
			pread(pagemap_fd, search->entries, wanted * sizeof(uint64_t),
			      (off_t)(page * sizeof(uint64_t)));

		if (len < 0)
			note_error(search, -errno);
		n = len < 0 ? 0 : (size_t)len / sizeof(uint64_t);
		if (!n)
			return;
		for (size_t i = 0; i < n; i++)
			if (search->entries[i])
				check_entry(search, search->entries[i],
					    (page + i) * search->page_size);
		page += n;
	}
}

/*
 * As search_range(), without reading what is empty: kernels from 6.7 on say where
 * something is. Files that are no pagemap, and older kernels, know no such question.
 */
static void search_mapped(struct search *search, int pagemap_fd, uint64_t start,
			  uint64_t end)
{
	struct page_region regions[REGIONS];
	struct pm_scan_arg arg = { .size = sizeof(arg),
				   .start = start,
				   .vec = (uintptr_t)regions,
				   .vec_len = REGIONS,
				   .category_anyof_mask = IS_PRESENT | IS_SWAPPED,
				   .return_mask = IS_PRESENT | IS_SWAPPED };

	if (end - start < LARGE_BYTES) {
		search_range(search, pagemap_fd, start, end);
		return;
	}
	for (; arg.start < end; arg.start = arg.walk_end) {
		int n;

		arg.end = MIN(end, arg.start + SCAN_BYTES);
		n = ioctl(pagemap_fd, PAGEMAP_SCAN, &arg);
		if (n < 0 || n > REGIONS || arg.walk_end <= arg.start) {
			search_range(search, pagemap_fd, arg.start, end);
			return;
		}
		for (int i = 0; i < n; i++)
			search_range(search, pagemap_fd, regions[i].start,
				     regions[i].end);
	}
}

/* /proc/PID/maps, a character at a time: a line is as long as a path can be. */
struct maps {
	enum { START, END, REST } at;
	int digits;
	uint64_t start, end;
};

/* True: a range is complete. */
static bool maps_take(struct maps *maps, char c)
{
	uint64_t *number = maps->at == START ? &maps->start : &maps->end;

	if (c == '\n') {
		*maps = (struct maps){ .at = START };
	} else if (maps->at == REST) {
		return false;
	} else if (isxdigit((unsigned char)c) && maps->digits < 16) {
		*number = *number << 4 |
			  (uint64_t)(isdigit((unsigned char)c) ? c - '0' :
								 (c | 32) - 'a' + 10);
		maps->digits++;
	} else if (maps->at == START && c == '-' && maps->digits) {
		maps->at = END;
		maps->digits = 0;
	} else {
		bool complete = maps->at == END && c == ' ' && maps->digits;

		maps->at = REST;
		return complete;
	}
	return false;
}

static bool is_done(const struct search *search)
{
	return search->found ==
	       (search->n_pfns == 64 ? UINT64_MAX : (1ULL << search->n_pfns) - 1);
}

static void search_maps(struct search *search, int maps_fd, int pagemap_fd)
{
	struct maps maps = { .at = START };
	char buf[MAPS_BYTES];
	ssize_t n;

	while ((n = read(maps_fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (maps_take(&maps, buf[i]))
				search_mapped(search, pagemap_fd, maps.start, maps.end);
			if (is_done(search))
				return;
		}
	if (n < 0)
		note_error(search, -errno);
}

static int open_in(int fd, const char *name, int flags)
{
	int r = openat(fd, name, O_RDONLY | O_CLOEXEC | flags);

	return r < 0 ? -errno : r;
}

static int search_process(struct search *search, int process_fd, int64_t *ret_start_ns)
{
	_cleanup_(close_fd) int maps_fd = -1, pagemap_fd = -1;
	int64_t start_ns, still_ns;
	int r = process_start(process_fd, "stat", &start_ns);

	if (r < 0)
		return r;
	maps_fd = open_in(process_fd, "maps", 0);
	if (maps_fd < 0)
		return maps_fd;
	pagemap_fd = open_in(process_fd, "pagemap", 0);
	if (pagemap_fd < 0)
		return pagemap_fd;
	search_maps(search, maps_fd, pagemap_fd);
	r = process_start(process_fd, "stat", &still_ns);
	if (r < 0)
		return r;
	*ret_start_ns = start_ns;
	return still_ns == start_ns ? 0 : -ESRCH;
}

/* --- all of them ----------------------------------------------------------------- */

static int tell(const struct search *search, struct victim *victim,
		int (*each)(const struct victim *victim, void *arg), void *arg)
{
	int r = 0;

	for (size_t i = 0; i < search->n_pfns && !r; i++) {
		if (!(search->found >> i & 1))
			continue;
		victim->pfn = search->pfns[i];
		victim->address = search->addresses[i];
		r = each(victim, arg);
	}
	return r;
}

/* Kernel threads have no maps; one that goes while we look is nobody's victim any more.
 */
static int visit(struct search *search, int proc_fd, const char *name,
		 int (*each)(const struct victim *victim, void *arg), void *arg)
{
	struct victim victim = { .tgid = 0 };
	_cleanup_(close_fd) int fd = -1;
	uint64_t tgid;
	int r;

	if (parse_uint64(name, &tgid) < 0 || tgid > INT32_MAX)
		return 0;
	victim.tgid = (int32_t)tgid;
	search->found = 0;
	search->process_left = PROCESS_ENTRIES;
	fd = open_in(proc_fd, name, O_DIRECTORY);
	r = fd < 0 ? fd : search_process(search, fd, &victim.start_ns);
	if (r == -ENOENT || r == -ESRCH)
		return 0;
	if (r < 0)
		note_error(search, r);
	return r < 0 ? 0 : tell(search, &victim, each, arg);
}

static void take_pfns(struct search *search, const uint64_t *pfns, size_t n)
{
	memcpy(search->pfns, pfns, n * sizeof(pfns[0]));
	qsort(search->pfns, n, sizeof(pfns[0]), compare);
	for (size_t i = 0; i < n; i++)
		if (!search->n_pfns ||
		    search->pfns[i] != search->pfns[search->n_pfns - 1])
			search->pfns[search->n_pfns++] = search->pfns[i];
}

static void close_directory_at(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static DIR *open_directory(int proc_fd)
{
	_cleanup_(close_fd) int fd = open_in(proc_fd, ".", O_DIRECTORY);
	DIR *directory;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	directory = fdopendir(fd);
	if (directory)
		fd = -1;
	return directory;
}

int victims_find(int proc_fd, const uint64_t *pfns, size_t n_pfns,
		 int (*each)(const struct victim *victim, void *arg), void *arg)
{
	_cleanup_(close_directory) DIR *directory = NULL;
	_cleanup_(free_ptr) struct search *search = NULL;
	struct dirent *entry;
	int r = 0;

	if (n_pfns == 0 || n_pfns > VICTIMS_PFNS_MAX)
		return n_pfns ? -E2BIG : 0;
	search = calloc(1, sizeof(*search));
	if (!search)
		return -ENOMEM;
	directory = open_directory(proc_fd);
	if (!directory)
		return -errno;
	search->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	search->all_left = ALL_ENTRIES;
	take_pfns(search, pfns, n_pfns);
	while (!r && (entry = readdir(directory)))
		r = visit(search, proc_fd, entry->d_name, each, arg);
	return r ? r : search->error;
}
