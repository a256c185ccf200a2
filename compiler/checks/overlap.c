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
#include "compiler/cfc.h"

struct served {
	const struct cfc_zone *zone;
	const char *address;
};

/* Both by scheme, port and zone; what was served first is told of. */
struct cfc_overlap {
	struct map *on;    /* ... and address */
	struct map *first; /* on whatever address */
};

struct cfc_overlap *
cfc_overlap_new(struct cfc *c)
{
	struct cfc_overlap *o = cfc_array(c, 1, sizeof(*o));

	o->on = cfc_map(c);
	o->first = cfc_map(c);
	return o;
}

/* What maps know the zone by; with the address behind it, *len is without. */
static const uint8_t *
key_of(struct cfc *c, const struct cfc_zone *z, const char *address, size_t *len)
{
	size_t n = strlen(address);
	uint8_t *key = arena_alloc(c->arena, 3 + z->wirelen + n);

	key[0] = (uint8_t)z->scheme;
	key[1] = (uint8_t)(z->port >> 8);
	key[2] = (uint8_t)z->port;
	memcpy(key + 3, z->wire, z->wirelen);
	memcpy(key + 3 + z->wirelen, address, n);
	*len = 3 + z->wirelen;
	return key;
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
	size_t len, all = strlen(address);
	const uint8_t *key = key_of(c, zone, address, &len);
	const struct served *same = cfc_map_get(o->on, key, len + all);

	if (same != NULL)
		return filtered || report_twice(c, zone, same, address);
	const struct served *other = cfc_map_get(all == 0 ? o->first : o->on, key, len);
	if (other != NULL)
		return report_overlap(c, zone, other, address);
	if (filtered)
		return true;
	struct served *s = arena_zalloc(c->arena, sizeof(*s));
	s->zone = zone;
	s->address = arena_strdup(c->arena, address);
	cfc_map_set(o->on, key, len + all, s);
	if (cfc_map_get(o->first, key, len) == NULL)
		cfc_map_set(o->first, key, len, s);
	return true;
}
