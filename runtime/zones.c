/*
 * Names of the configuration against names of queries.
 */
#include "config.h"

#include <string.h>

#include "rt.h"
#include "rt_gen.h"

const struct rt_name *
rt_names_match(const struct rt_names *names, const struct dns_qname *qname)
{
	const struct rt_name *best = NULL;

	for (unsigned i = 0; i < names->n; i++) {
		const struct rt_name *name = &names->v[i];

		if (name->nlabels > qname->nlabels)
			continue;
		if (best != NULL && best->nlabels >= name->nlabels)
			continue;
		if (rtg_suffix_is(qname, name->nlabels, name->wire, name->len))
			best = name;
	}
	return best;
}

bool
rt_falls_through(const struct rt_fallthrough *f, const struct dns_qname *qname)
{
	if (!f->enabled)
		return false;
	return f->zones.n == 0 || rt_names_match(&f->zones, qname) != NULL;
}

/* Order of rtg_zone_row: by length, then octets. */
static int
row_compare(const struct rtg_zone_row *row, const uint8_t *suffix, size_t len)
{
	if (row->len != len)
		return row->len < len ? -1 : 1;
	return memcmp(row->suffix, suffix, len);
}

int
rtg_zone_find(const struct rtg_zone_row *rows, unsigned n, const struct dns_qname *name,
	      unsigned labels)
{
	size_t at = name->label[name->nlabels - labels];
	const uint8_t *suffix = name->wire + at;
	size_t len = name->len - at;
	unsigned low = 0;

	while (low < n) {
		unsigned middle = low + (n - low) / 2;
		int order = row_compare(&rows[middle], suffix, len);

		if (order == 0)
			return rows[middle].site;
		if (order < 0)
			low = middle + 1;
		else
			n = middle;
	}
	return -1;
}
