/*
 * CPU quotas of control groups, from folders that look like /proc and /sys.
 */
#include "config.h"

#include "cpus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check_main.h"

static char root[64];

static void
make_root(void)
{
	snprintf(root, sizeof(root), "/tmp/cfc-cpus-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void
remove_root(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	ck_assert_int_eq(system(command), 0);
}

/* Writes a file below root with all folders above it. */
static void
put(const char *path, const char *content)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(full, 0755);
		*p = '/';
	}
	f = fopen(full, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(content, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static unsigned
quota(const char *cgroup, const char *mountinfo)
{
	char a[128];
	char b[128];

	put("/cgroup", cgroup);
	put("/mountinfo", mountinfo);
	snprintf(a, sizeof(a), "%s/cgroup", root);
	snprintf(b, sizeof(b), "%s/mountinfo", root);
	return cpus_quota(a, b, root);
}

#define MOUNT_V2                                                                                   \
	"25 1 0:22 / /proc rw - proc proc rw\n"                                                    \
	"30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNT_V1                                                                                   \
	"31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"                        \
	"32 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 master:2 - cgroup cgroup "            \
	"rw,cpu,cpuacct\n"

START_TEST(v2_is_rounded_up)
{
	put("/sys/fs/cgroup/app/cpu.max", "150000 100000\n");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 2);
	put("/sys/fs/cgroup/app/cpu.max", "200000 100000\n");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 2);
	put("/sys/fs/cgroup/app/cpu.max", "1000 100000\n");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 1);
}
END_TEST

START_TEST(v2_without_limit)
{
	put("/sys/fs/cgroup/app/cpu.max", "max 100000\n");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 0);
	ck_assert_uint_eq(quota("0::/other\n", MOUNT_V2), 0);
	put("/sys/fs/cgroup/app/cpu.max", "nonsense\n");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 0);
	put("/sys/fs/cgroup/app/cpu.max", "");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 0);
	put("/sys/fs/cgroup/app/cpu.max", "100000 0\n");
	ck_assert_uint_eq(quota("0::/app\n", MOUNT_V2), 0);
}
END_TEST

START_TEST(v2_groups_above_count)
{
	put("/sys/fs/cgroup/a/b/c/cpu.max", "900000 100000\n");
	put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	put("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
	ck_assert_uint_eq(quota("0::/a/b/c\n", MOUNT_V2), 3);
	put("/sys/fs/cgroup/cpu.max", "100000 100000\n");
	ck_assert_uint_eq(quota("0::/a/b/c\n", MOUNT_V2), 1);
}
END_TEST

START_TEST(v2_in_a_container)
{
	/* The group is the root of what can be seen of the hierarchy. */
	put("/sys/fs/cgroup/cpu.max", "400000 100000\n");
	ck_assert_uint_eq(quota("0::/\n", MOUNT_V2), 4);
	ck_assert_uint_eq(
		quota("0::/pod/app\n", "30 24 0:26 /pod /sys/fs/cgroup rw - cgroup2 c rw\n"), 4);
	put("/sys/fs/cgroup/app/cpu.max", "200000 100000\n");
	ck_assert_uint_eq(
		quota("0::/pod/app\n", "30 24 0:26 /pod /sys/fs/cgroup rw - cgroup2 c rw\n"), 2);
	/* Another prefix that only looks alike. */
	ck_assert_uint_eq(
		quota("0::/pods/app\n", "30 24 0:26 /pod /sys/fs/cgroup rw - cgroup2 c rw\n"), 4);
}
END_TEST

START_TEST(v1)
{
	put("/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "250000\n");
	put("/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
	ck_assert_uint_eq(quota("5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/\n", MOUNT_V1),
			  3);
	put("/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "-1\n");
	ck_assert_uint_eq(quota("4:cpu,cpuacct:/docker/x\n", MOUNT_V1), 0);
	/* cpuset is another controller. */
	ck_assert_uint_eq(quota("4:cpuset:/docker/x\n", MOUNT_V1), 0);
}
END_TEST

START_TEST(v1_groups_above_count)
{
	put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "100000\n");
	put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "50000\n");
	put("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "900000\n");
	put("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
	ck_assert_uint_eq(quota("4:cpu,cpuacct:/a/b\n", MOUNT_V1), 2);
}
END_TEST

START_TEST(nothing_to_read)
{
	ck_assert_uint_eq(quota("", MOUNT_V2), 0);
	ck_assert_uint_eq(quota("0::/app\n", ""), 0);
	ck_assert_uint_eq(quota("garbage\n:\n::\n", "x\n - \n1 2 3 4 - cgroup2\n" MOUNT_V2), 0);
	ck_assert_uint_eq(cpus_quota("/nonexistent/a", "/nonexistent/b", root), 0);
	ck_assert_uint_ge(cpus_available(), 1);
}
END_TEST

static TCase *
quota_case(void)
{
	TCase *tc = tcase_create("quota");

	tcase_add_checked_fixture(tc, make_root, remove_root);
	tcase_add_test(tc, v2_is_rounded_up);
	tcase_add_test(tc, v2_without_limit);
	tcase_add_test(tc, v2_groups_above_count);
	tcase_add_test(tc, v2_in_a_container);
	tcase_add_test(tc, v1);
	tcase_add_test(tc, v1_groups_above_count);
	tcase_add_test(tc, nothing_to_read);
	return tc;
}

TEST_MAIN_CASES("rt_cpus", quota_case)
