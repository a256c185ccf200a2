/*
 * Zones served twice, and zones served both on one address and on all.
 *
 * As in CoreDNS an unbound block overlaps each bound one of the same scheme, zone and port, and
 * only of these; blocks with a view are looked at but not remembered, since the next block may take
 * over where the view does not match.
 */
#include "config.h"

#include "compiler/syntax/keys.h"

#include <string.h>

#include "base/arena.h"

struct served {
	const struct cfc_zone *zone;
	const char *address;
	struct served *next; /* another of the same hash */
};

#define OVERLAP_HASH 4096u

/*
 * In chains by scheme, zone and port, newest first. A map of base/ would have to be released, and
 * nothing of a compilation is.
 */
struct cfc_overlap {
	struct served *chains[OVERLAP_HASH];
};

struct cfc_overlap *
cfc_overlap_new(struct cfc *c)
{
	return cfc_array(c, 1, sizeof(struct cfc_overlap));
}

static uint32_t
hash_zone(const struct cfc_zone *z)
{
	uint32_t h = 2166136261u ^ ((uint32_t)z->port << 4) ^ (uint32_t)z->scheme;

	for (size_t i = 0; i < z->wirelen; i++)
		h = (h ^ z->wire[i]) * 16777619u;
	return h % OVERLAP_HASH;
}

static bool
same_zone(const struct cfc_zone *a, const struct cfc_zone *b)
{
	return a->scheme == b->scheme && a->port == b->port && a->wirelen == b->wirelen &&
	       memcmp(a->wire, b->wire, a->wirelen) == 0;
}

static const char *
describe(struct cfc *c, const struct cfc_zone *z, const char *address)
{
	return cfc_printf(c, "%s://%s:%u%s%s", cfc_scheme_name(z->scheme), z->name,
			  (unsigned)z->port, address[0] == '\0' ? "" : " on ", address);
}

static bool
report_twice(struct cfc *c, const struct cfc_zone *zone, const struct served *other,
	     const char *address)
{
	cfc_error(c, zone->key->span, "CF3001", "'%s' is served twice", describe(c, zone, address));
	cfc_note(c, other->zone->key->span,
		 "served here already; put both into one block, or tell "
		 "them apart by 'bind' or 'view'");
	return false;
}

static bool
report_overlap(struct cfc *c, const struct cfc_zone *zone, const struct served *other,
	       const char *address)
{
	cfc_error(c, zone->key->span, "CF3002", "'%s' overlaps '%s'", describe(c, zone, address),
		  describe(c, other->zone, other->address));
	cfc_note(c, other->zone->key->span, "%s",
		 address[0] == '\0' ? "bound to one address here: add 'bind' to the other block too"
				    : "served on all addresses here: add 'bind' to this block too");
	return false;
}

bool
cfc_overlap_add(struct cfc *c, struct cfc_overlap *o, const struct cfc_zone *zone,
		const char *address, bool filtered)
{
	struct served **chain = &o->chains[hash_zone(zone)];
	const struct served *overlapping = NULL;

	for (const struct served *s = *chain; s != NULL; s = s->next) {
		if (!same_zone(s->zone, zone))
			continue;
		if (strcmp(s->address, address) == 0 && filtered)
			return true;
		if (strcmp(s->address, address) == 0)
			return report_twice(c, zone, s, address);
		if (s->address[0] == '\0' || address[0] == '\0')
			overlapping = s;
	}
	if (overlapping != NULL)
		return report_overlap(c, zone, overlapping, address);
	if (filtered)
		return true;
	struct served *s = arena_zalloc(c->arena, sizeof(*s));
	s->zone = zone;
	s->address = arena_strdup(c->arena, address);
	s->next = *chain;
	*chain = s;
	return true;
}
