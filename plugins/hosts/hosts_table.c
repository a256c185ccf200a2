/*
 * hosts_table.c - looking names and addresses up in a finished table.
 */
#include "config.h"

#include "hosts/hosts_table.h"

#include <stdlib.h>

#include "base/hash.h"

RT_COLD const uint8_t *
hosts_table_find_all(const struct hosts_table *t, uint64_t hash, const uint8_t *name, size_t len)
{
	for (uint64_t i = hash & t->mask; t->slots[i].at != 0; i = (i + 1) & t->mask) {
		const uint8_t *e = hosts_table_entry(t, i);

		if (t->slots[i].tag == (uint32_t)(hash >> 32) && e[4] == len &&
		    dns_name_same(hosts_entry_name(e), name, len))
			return e;
	}
	return NULL;
}

RT_NOINLINE const uint8_t *
hosts_table_find_wildcard(const struct hosts_table *t, const struct dns_qname *name)
{
	uint8_t wild[DNS_NAME_BUF];

	/* "*." alone would stand for names of one label: CoreDNS never looks for it. */
	if (name->nlabels < 2)
		return NULL;
	size_t rest = (size_t)name->len - name->label[1];
	wild[0] = 1;
	wild[1] = '*';
	memcpy(wild + 2, name->wire + name->label[1], rest);
	return hosts_table_find(t, dns_name_hash(wild, rest + 2), wild, rest + 2);
}

/* ---- reverse ---- */

static uint32_t
find_ref(const struct hosts_table *t, const struct addr *a)
{
	if (a->family == ADDR_V4 && t->rev4 != NULL) {
		uint64_t i = hash_bytes(a->bytes, 4) & t->mask4;

		for (; t->rev4[i].ref != 0; i = (i + 1) & t->mask4) {
			if (memcmp(t->rev4[i].addr, a->bytes, 4) == 0)
				return t->rev4[i].ref;
		}
	}
	if (a->family == ADDR_V6 && t->rev6 != NULL) {
		uint64_t i = hash_bytes(a->bytes, 16) & t->mask6;

		for (; t->rev6[i].ref != 0; i = (i + 1) & t->mask6) {
			if (memcmp(t->rev6[i].addr, a->bytes, 16) == 0)
				return t->rev6[i].ref;
		}
	}
	return 0;
}

unsigned
hosts_table_reverse(const struct hosts_table *t, const struct addr *a,
		    bool (*each)(void *arg, const uint8_t *name, size_t len), void *arg)
{
	uint32_t ref = find_ref(t, a);
	const uint32_t *refs = &ref;
	unsigned n = 1;

	if (ref == 0)
		return 0;
	if (ref & HOSTS_REF_LIST) {
		n = t->lists[ref & ~HOSTS_REF_LIST];
		refs = &t->lists[(ref & ~HOSTS_REF_LIST) + 1];
	}
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *e = t->entries + (size_t)(refs[i] - 1) * 8;

		if (!each(arg, hosts_entry_name(e), hosts_entry_name_len(e)))
			break;
	}
	return n;
}

/* A label of one to three digits without leading zeros, at most 255. */
static bool
octet_of(const uint8_t *label, uint8_t *out)
{
	unsigned value = 0;

	if (label[0] == 0 || label[0] > 3 || (label[0] > 1 && label[1] == '0'))
		return false;
	for (unsigned i = 1; i <= label[0]; i++) {
		if (label[i] < '0' || label[i] > '9')
			return false;
		value = value * 10 + (label[i] - '0');
	}
	*out = (uint8_t)value;
	return value <= 255;
}

static bool
nibble_of(const uint8_t *label, uint8_t *out)
{
	if (label[0] != 1)
		return false;
	if (label[1] >= '0' && label[1] <= '9')
		*out = (uint8_t)(label[1] - '0');
	else if (label[1] >= 'a' && label[1] <= 'f')
		*out = (uint8_t)(label[1] - 'a' + 10);
	else
		return false;
	return true;
}

static bool
ends_with(const struct dns_qname *name, unsigned labels, const char *suffix, size_t len)
{
	if (name->nlabels != labels)
		return false;
	size_t at = name->label[labels - 2];
	return name->len - at == len && memcmp(name->wire + at, suffix, len) == 0;
}

bool
hosts_reverse_addr(const struct dns_qname *name, struct addr *out)
{
	uint8_t bytes[16] = { 0 }, nibble;

	if (ends_with(name, 6, "\7in-addr\4arpa", 14)) {
		for (unsigned i = 0; i < 4; i++) {
			if (!octet_of(name->wire + name->label[i], &bytes[3 - i]))
				return false;
		}
		addr_from_v4(out, bytes, 0);
		return true;
	}
	if (!ends_with(name, 34, "\3ip6\4arpa", 10))
		return false;
	for (unsigned i = 0; i < 32; i++) {
		if (!nibble_of(name->wire + name->label[i], &nibble))
			return false;
		bytes[15 - i / 2] |= (uint8_t)(i % 2 == 0 ? nibble : nibble << 4);
	}
	addr_from_v6(out, bytes, 0);
	addr_unmap(out); /* ::ffff:0:0/96 is listed as IPv4 */
	return true;
}

void
hosts_table_free(void *table)
{
	struct hosts_table *t = table;

	if (t == NULL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(t->memory); i++)
		free(t->memory[i]);
	free(t);
}
