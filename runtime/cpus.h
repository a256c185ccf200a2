/*
 * cpus.h - how many CPUs this process may use, for the number of workers.
 *
 * The affinity mask says on how many it may run; the CPU quota of its control group (v2 cpu.max, v1
 * cpu.cfs_quota_us / cpu.cfs_period_us, of the group and of all groups above it) says how much of
 * them.  The smaller one counts, rounded up, at least 1.
 */
#ifndef RT_CPUS_H
#define RT_CPUS_H

/*
 * The quota in CPUs, rounded up, or 0 when there is none.  proc_cgroup and mountinfo stand for
 * /proc/self/cgroup and /proc/self/mountinfo, root is put before the mount points; tests give their
 * own.
 */
unsigned cpus_quota(const char *proc_cgroup, const char *mountinfo, const char *root);

/* What is left of both. */
unsigned cpus_available(void);

#endif
