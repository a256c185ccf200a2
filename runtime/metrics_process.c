/*
 * Metrics of the process itself, with the names that every Prometheus client gives them.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fs.h"
#include "metrics_registry.h"
#include "rt.h"

/* Fields of /proc/self/stat as proc(5) numbers them. */
enum {
	STAT_UTIME = 14,
	STAT_STIME = 15,
	STAT_STARTTIME = 22,
	STAT_VSIZE = 23,
	STAT_RSS = 24,
};

/* Field n (from 3 on) of /proc/self/stat; 0 if it cannot be read. */
static double
stat_field(int n)
{
	struct fs_file f;
	double value = 0;
	char *p;

	if (fs_read(&f, "/proc/self/stat", 64 * 1024, 0) < 0)
		return 0;
	/* The second field is the program's name in parentheses and may hold anything. */
	p = strrchr(f.data, ')');
	for (int i = 2; p != NULL && i < n; i++) {
		p = strchr(p, ' ');
		if (p != NULL)
			p++;
	}
	if (p != NULL)
		value = strtod(p, NULL);
	fs_file_release(&f);
	return value;
}

static double
ticks_per_second(void)
{
	return (double)sysconf(_SC_CLK_TCK);
}

static double
cpu_seconds(void *arg)
{
	(void)arg;
	return (stat_field(STAT_UTIME) + stat_field(STAT_STIME)) / ticks_per_second();
}

static double
resident_bytes(void *arg)
{
	(void)arg;
	return stat_field(STAT_RSS) * (double)sysconf(_SC_PAGESIZE);
}

static double
virtual_bytes(void *arg)
{
	(void)arg;
	return stat_field(STAT_VSIZE);
}

static double
start_seconds(void *arg)
{
	struct fs_file f;
	double boot = 0;
	char *p;

	(void)arg;
	if (fs_read(&f, "/proc/stat", 16 << 20, 0) < 0)
		return 0;
	p = strstr(f.data, "\nbtime ");
	if (p != NULL)
		boot = strtod(p + 7, NULL);
	fs_file_release(&f);
	return boot + stat_field(STAT_STARTTIME) / ticks_per_second();
}

static double
open_fds(void *arg)
{
	DIR *dir = opendir("/proc/self/fd");
	double n = 0;

	(void)arg;
	if (dir == NULL)
		return 0;
	for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir))
		if (d->d_name[0] != '.')
			n++;
	closedir(dir);
	return n - 1; /* less the one that looks */
}

static double
max_fds(void *arg)
{
	struct rlimit limit;

	(void)arg;
	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (double)limit.rlim_cur : 0;
}

void
metrics_process_init(void)
{
	rt_metric_counter_fn(NULL, "process_cpu_seconds_total",
			     "Total user and system CPU time spent in seconds.", NULL, 0,
			     cpu_seconds, NULL);
	rt_metric_gauge(NULL, "process_resident_memory_bytes", "Resident memory size in bytes.",
			NULL, 0, resident_bytes, NULL);
	rt_metric_gauge(NULL, "process_virtual_memory_bytes", "Virtual memory size in bytes.", NULL,
			0, virtual_bytes, NULL);
	rt_metric_gauge(NULL, "process_start_time_seconds",
			"Start time of the process since unix epoch in seconds.", NULL, 0,
			start_seconds, NULL);
	rt_metric_gauge(NULL, "process_open_fds", "Number of open file descriptors.", NULL, 0,
			open_fds, NULL);
	rt_metric_gauge(NULL, "process_max_fds", "Maximum number of open file descriptors.", NULL,
			0, max_fds, NULL);
}
