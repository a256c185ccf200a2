/*
 * costs.c - CF4017: what each plugin adds to the program, for `build --costs`.
 *
 * The numbers are those of the archives that the program is linked from (sizes.conf next to toolchain.conf,
 * made by `size` when they are): code and constants of the plugin itself, before the linker has thrown away
 * what this program does not reach.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/fs.h"
#include "base/num.h"
#include "compiler/checks/checks.h"
#include "compiler/emit/toolchain.h"

#define SIZES_MAX ((size_t)1 << 16) /* octets of the file */

/* The number behind "NAME = " at the beginning of a line; 0: there is none. */
static int64_t
size_of(const char *text, const char *name)
{
	size_t len = strlen(name);
	int64_t n;

	for (const char *line = text; *line != '\0'; line += strspn(line, "\n")) {
		const char *end = line + strcspn(line, "\n");
		const char *number = line + len + 3;

		if (number < end && strncmp(line, name, len) == 0 &&
		    strncmp(line + len, " = ", 3) == 0 &&
		    num_parse_int(&n, number, (size_t)(end - number), 10) == 0)
			return n;
		line = end;
	}
	return 0;
}

static size_t
blocks_with(const struct cfc_plan *plan, const char *plugin)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->nblocks; i++)
		n += cfc_block_find(plan->blocks[i], plugin) != NULL;
	return n;
}

static bool
is_first(const struct cfc_plan *plan, size_t block, const struct cfc_instance *in)
{
	for (size_t i = 0; i < block; i++) {
		if (cfc_block_find(plan->blocks[i], in->plugin->name) != NULL)
			return false;
	}
	return in->copy == 1;
}

static void
report_cost(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	    const struct cfc_instance *in, const char *sizes)
{
	int64_t size = size_of(sizes, in->plugin->name);

	if (size <= 0)
		return;
	cfc_rule_report(c, self, in->directive->name.span,
			"'%s' adds %" PRId64 " bytes to the program", in->plugin->name, size);
	if (in->plugin->libs != NULL)
		cfc_note(c, cfc_no_span(), "and needs %s", in->plugin->libs);
	if (plan->nblocks > 1 && blocks_with(plan, in->plugin->name) == 1)
		cfc_note(c, cfc_no_span(), "only this server block uses it");
}

void
cfc_check_costs(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	struct cfc_toolchain tc;
	struct fs_file f;

	if (!c->costs || !cfc_toolchain_find(c, &tc) ||
	    fs_read(&f, cfc_printf(c, "%s/sizes.conf", tc.dir), SIZES_MAX, 0) < 0)
		return;
	const char *sizes = cfc_printf(c, "%.*s", (int)f.len, (const char *)f.data);
	fs_file_release(&f);
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (is_first(plan, i, in))
				report_cost(c, self, plan, in, sizes);
		}
	}
}
