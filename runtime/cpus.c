/*
 * Counting CPUs.
 */
#include "config.h"

#include "cpus.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/num.h"

#define CPUS_FILE_MAX (16u << 20)
#define CPUS_MASK_MAX 65536

/* A whole small file of /proc or /sys without the final newline; false if it cannot be read. */
static bool
read_small(struct fs_file *f, const char *path)
{
	memset(f, 0, sizeof(*f));
	if (fs_read(f, path, CPUS_FILE_MAX, 0) < 0)
		return false;
	while (f->len > 0 && f->data[f->len - 1] == '\n')
		f->data[--f->len] = '\0';
	return true;
}

/* Smaller of two limits in CPUs, 0 being none. */
static unsigned
lower(unsigned a, unsigned b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

static unsigned
whole_cpus(int64_t quota, int64_t period)
{
	int64_t n;

	if (quota <= 0 || period <= 0)
		return 0;
	n = quota / period + (quota % period != 0);
	return n < INT_MAX ? (unsigned)n : INT_MAX;
}

/* "200000 100000" or "max 100000". */
static unsigned
quota_v2(const char *dir)
{
	struct fs_file f;
	struct buf path;
	int64_t quota = 0;
	int64_t period = 0;
	const char *space;
	unsigned n = 0;

	buf_init(&path, PATH_MAX);
	buf_printf(&path, "%s/cpu.max", dir);
	if (!path.overflow && read_small(&f, buf_cstr(&path))) {
		space = strchr(f.data, ' ');
		if (space != NULL &&
		    num_parse_int(&quota, f.data, (size_t)(space - f.data), 10) == 0 &&
		    num_parse_int(&period, space + 1, strlen(space + 1), 10) == 0)
			n = whole_cpus(quota, period);
		fs_file_release(&f);
	}
	buf_release(&path);
	return n;
}

static int64_t
read_number(const char *dir, const char *name)
{
	struct fs_file f;
	struct buf path;
	int64_t value = 0;

	buf_init(&path, PATH_MAX);
	buf_printf(&path, "%s/%s", dir, name);
	if (!path.overflow && read_small(&f, buf_cstr(&path))) {
		if (num_parse_int(&value, f.data, f.len, 10) < 0)
			value = 0;
		fs_file_release(&f);
	}
	buf_release(&path);
	return value;
}

static unsigned
quota_v1(const char *dir)
{
	return whole_cpus(read_number(dir, "cpu.cfs_quota_us"),
			  read_number(dir, "cpu.cfs_period_us"));
}

/*
 * The lowest quota of the group at mount + group and those above it.  A container may see its own
 * group as the mount's root under another path; walking up ends there in any case.
 */
static unsigned
quota_upwards(const char *mount, const char *group, unsigned (*quota)(const char *dir))
{
	struct buf dir;
	size_t floor;
	unsigned n = 0;

	buf_init(&dir, PATH_MAX);
	buf_puts(&dir, mount);
	floor = dir.len;
	if (strcmp(group, "/") != 0)
		buf_puts(&dir, group);
	while (!dir.overflow) {
		n = lower(n, quota(buf_cstr(&dir)));
		if (dir.len <= floor)
			break;
		while (dir.len > floor && dir.data[dir.len - 1] != '/')
			buf_truncate(&dir, dir.len - 1);
		if (dir.len > floor)
			buf_truncate(&dir, dir.len - 1);
	}
	buf_release(&dir);
	return n;
}

/* Whether word is one of the comma-separated words of list. */
static bool
has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list != '\0') {
		size_t n = strcspn(list, ",");

		if (n == len && memcmp(list, word, len) == 0)
			return true;
		list += n;
		list += *list == ',';
	}
	return false;
}

/* Field i of a line whose fields are separated by single blanks, NUL-terminated in place; or NULL.
 */
static char *
field(char *line, unsigned i)
{
	while (i-- > 0) {
		line = strchr(line, ' ');
		if (line == NULL)
			return NULL;
		line++;
	}
	return line;
}

/* A mount of /proc/self/mountinfo (proc(5)): where its root is, what is mounted there. */
struct mount {
	char *root;
	char *point;
	char *type;
	char *options; /* of the file system */
};

/* Splits a line in place.  Mount points with escapes (blanks in them) are not cgroups. */
static bool
parse_mount(char *line, struct mount *m)
{
	char *tail = strstr(line, " - ");
	char *ends[4];

	if (tail == NULL)
		return false;
	m->root = field(line, 3);
	m->point = field(line, 4);
	m->type = tail + 3;
	m->options = field(tail + 3, 2);
	if (m->root == NULL || m->point == NULL || m->options == NULL)
		return false;
	ends[0] = strchr(m->root, ' ');
	ends[1] = strchr(m->point, ' ');
	ends[2] = strchr(m->type, ' ');
	ends[3] = strchr(m->options, ' ');
	for (size_t i = 0; i < 4; i++)
		if (ends[i] != NULL)
			*ends[i] = '\0';
	return true;
}

/* Quota of our group (path) in the mount. */
static unsigned
quota_in_mount(const struct mount *m, const char *path, const char *root, bool v2)
{
	size_t root_len = strlen(m->root);
	struct buf dir;
	unsigned n;

	/* A mount may show part of the hierarchy only. */
	if (strcmp(m->root, "/") != 0 && strncmp(path, m->root, root_len) == 0 &&
	    (path[root_len] == '/' || path[root_len] == '\0'))
		path += root_len;
	else if (strcmp(m->root, "/") != 0)
		path = "/";
	if (*path == '\0')
		path = "/";
	buf_init(&dir, PATH_MAX);
	buf_printf(&dir, "%s%s", root, m->point);
	n = dir.overflow ? 0 : quota_upwards(buf_cstr(&dir), path, v2 ? quota_v2 : quota_v1);
	buf_release(&dir);
	return n;
}

/* Looks through mountinfo for the hierarchy that a line of /proc/self/cgroup is about. */
static unsigned
quota_of_group(const char *mounts, const char *path, const char *root, bool v2)
{
	char *copy = strdup(mounts);
	char *next = copy;
	unsigned n = 0;

	while (next != NULL && *next != '\0') {
		char *line = next;
		struct mount m;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (!parse_mount(line, &m))
			continue;
		if (strcmp(m.type, v2 ? "cgroup2" : "cgroup") != 0)
			continue;
		if (v2 || has_word(m.options, "cpu"))
			n = lower(n, quota_in_mount(&m, path, root, v2));
	}
	free(copy);
	return n;
}

/* Lines "0::/path" (v2) and "4:cpu,cpuacct:/path" (v1). */
static unsigned
quota_of_line(char *line, const char *mounts, const char *root)
{
	char *controllers = strchr(line, ':');
	char *path;

	if (controllers == NULL)
		return 0;
	path = strchr(++controllers, ':');
	if (path == NULL)
		return 0;
	*path++ = '\0';
	if (*controllers == '\0')
		return quota_of_group(mounts, path, root, true);
	if (has_word(controllers, "cpu"))
		return quota_of_group(mounts, path, root, false);
	return 0;
}

unsigned
cpus_quota(const char *proc_cgroup, const char *mountinfo, const char *root)
{
	struct fs_file groups;
	struct fs_file mounts;
	unsigned n = 0;
	char *next;

	if (!read_small(&groups, proc_cgroup))
		return 0;
	if (!read_small(&mounts, mountinfo)) {
		fs_file_release(&groups);
		return 0;
	}
	next = groups.data;
	while (next != NULL && *next != '\0') {
		char *line = next;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		n = lower(n, quota_of_line(line, mounts.data, root));
	}
	fs_file_release(&groups);
	fs_file_release(&mounts);
	return n;
}

/* CPUs in the affinity mask.  The kernel wants a mask as large as its own. */
static unsigned
affinity(void)
{
	for (size_t n = 1024; n <= CPUS_MASK_MAX; n *= 2) {
		cpu_set_t *set = CPU_ALLOC(n);
		size_t size = CPU_ALLOC_SIZE(n);
		int count = 0;

		if (set == NULL)
			break;
		if (sched_getaffinity(0, size, set) == 0)
			count = CPU_COUNT_S(size, set);
		CPU_FREE(set);
		if (count > 0)
			return (unsigned)count;
	}
	return 1;
}

unsigned
cpus_available(void)
{
	return lower(affinity(), cpus_quota("/proc/self/cgroup", "/proc/self/mountinfo", ""));
}
