/*
 * match.c - which server block serves a name, as straight code over labels and octets.
 */
#include "config.h"

#include "compiler/emit/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/emit/text.h"
#include "compiler/emit/value.h"

/* More zones than this with the same number of labels go into a table. */
#define COMPARE_MAX 8

struct level {
	const struct cfc_site **sites; /* with this many labels; the first of each zone */
	size_t n;
};

static int
compare_sites(const void *a, const void *b)
{
	const struct cfc_site *x = *(const struct cfc_site *const *)a;
	const struct cfc_site *y = *(const struct cfc_site *const *)b;

	if (x->zone.len != y->zone.len)
		return x->zone.len < y->zone.len ? -1 : 1;
	return memcmp(x->zone.wire, y->zone.wire, x->zone.len);
}

static void
emit_suffix(struct buf *out, const struct rt_name *zone)
{
	cfc_emit_cstr(out, zone->wire, zone->len - 1u);
}

static void
emit_comparisons(const struct cfc_listen *l, const struct level *level, unsigned labels,
		 struct buf *out)
{
	buf_printf(out, "\tif (n >= %u) {\n", labels);
	for (size_t i = 0; i < level->n; i++) {
		const struct cfc_site *s = level->sites[i];

		buf_printf(out, "\t\tif (rtg_suffix_is(name, %u, ", labels);
		emit_suffix(out, &s->zone);
		buf_printf(out, ", %u))\n\t\t\treturn &listen%u_sites[%zu];\n", s->zone.len,
			   l->index, (size_t)(s - l->sites));
	}
	buf_puts(out, "\t}\n");
}

static void
emit_table(const struct cfc_listen *l, struct level *level, unsigned labels, struct buf *out)
{
	qsort(level->sites, level->n, sizeof(*level->sites), compare_sites);
	buf_printf(out, "/* Zones with %u label%s, by length, then octets. */\n", labels,
		   labels == 1 ? "" : "s");
	buf_printf(out, "static const struct rtg_zone_row listen%u_zones%u[] = {\n", l->index,
		   labels);
	for (size_t i = 0; i < level->n; i++) {
		const struct cfc_site *s = level->sites[i];

		buf_puts(out, "\t{ ");
		emit_suffix(out, &s->zone);
		buf_printf(out, ", %u, %zu },\n", s->zone.len, (size_t)(s - l->sites));
	}
	buf_puts(out, "};\n\n");
}

static void
emit_lookup(const struct cfc_listen *l, const struct level *level, unsigned labels, struct buf *out)
{
	buf_printf(out, "\tif (n >= %u) {\n", labels);
	buf_printf(out, "\t\tint row = rtg_zone_find(listen%u_zones%u, %zu, name, %u);\n\n",
		   l->index, labels, level->n, labels);
	buf_printf(out, "\t\tif (row >= 0)\n\t\t\treturn &listen%u_sites[row];\n\t}\n", l->index);
}

static void
emit_sites(const struct cfc_listen *l, struct buf *out)
{
	buf_printf(out, "static const struct rt_site listen%u_sites[] = {\n", l->index);
	for (size_t i = 0; i < l->nsites; i++) {
		const struct cfc_site *s = &l->sites[i];

		buf_puts(out, "\t{ .zone = ");
		cfc_emit_name(out, &s->zone);
		buf_printf(out, ", .block = &sb%u_", s->block->index);
		cfc_emit_ident(out, cfc_block_zone(s->block));
		buf_puts(out, "_block");
		buf_printf(out, ", .index = %u },\n", s->index);
	}
	buf_puts(out, "};\n\n");
}

static void
fill_levels(struct cfc *c, const struct cfc_listen *l, struct level *levels)
{
	for (size_t i = 0; i < l->nsites; i++) {
		struct level *level = &levels[l->sites[i].zone.nlabels];
		bool known = false;

		if (level->sites == NULL)
			level->sites = cfc_array(c, l->nsites, sizeof(*level->sites));
		for (size_t j = 0; j < level->n && !known && level->n <= COMPARE_MAX; j++)
			known = compare_sites(&level->sites[j],
					      &(const struct cfc_site *){ &l->sites[i] }) == 0;
		if (!known)
			level->sites[level->n++] = &l->sites[i];
	}
}

void
cfc_emit_match(struct cfc *c, const struct cfc_listen *l, struct buf *out)
{
	struct level *levels = cfc_array(c, 128, sizeof(*levels));
	unsigned deepest = 0;

	fill_levels(c, l, levels);
	emit_sites(l, out);
	for (unsigned n = 1; n < 128; n++) {
		if (levels[n].n > 0)
			deepest = n;
		if (levels[n].n > COMPARE_MAX)
			emit_table(l, &levels[n], n, out);
	}
	buf_printf(out,
		   "static const struct rt_site *\nlisten%u_match(const struct dns_qname *name, "
		   "unsigned labels)\n{\n",
		   l->index);
	if (deepest > 0)
		buf_puts(out,
			 "\tunsigned n = name->nlabels < labels ? name->nlabels : labels;\n\n");
	else
		buf_puts(out, "\t(void)name;\n\t(void)labels;\n");
	for (unsigned n = deepest; n >= 1; n--) {
		if (levels[n].n > COMPARE_MAX)
			emit_lookup(l, &levels[n], n, out);
		else if (levels[n].n > 0)
			emit_comparisons(l, &levels[n], n, out);
	}
	if (levels[0].n > 0)
		buf_printf(out, "\treturn &listen%u_sites[%zu]; /* the root zone */\n}\n\n",
			   l->index, (size_t)(levels[0].sites[0] - l->sites));
	else
		buf_puts(out, "\treturn NULL;\n}\n\n");
}
