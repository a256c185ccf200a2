/*
 * serial.c - the part of CF4013 about a zone that has changed and says that it has not: with --base, the folder
 * of what is served now, next to --root, the folder of what will be.
 */
#include "config.h"

#include <inttypes.h>
#include <unistd.h>

#include "compiler/checks/files.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/zonefile.h"

#define RECORDS_MAX 2000000u

/* What a zone file says, whatever the order of its records. */
struct content {
	const struct rt_name *zone;
	uint64_t sum; /* of all records; of the SOA without its serial */
	uint32_t serial;
	bool has_soa;
};

static uint64_t
hash_octets(uint64_t h, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h;
}

static uint64_t
hash_number(uint64_t h, uint32_t n)
{
	const uint8_t octets[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
				    (uint8_t)n };

	return hash_octets(h, octets, sizeof(octets));
}

static bool
add_record(void *user, const struct dns_zonefile_rr *rr)
{
	struct content *content = user;
	uint8_t owner[DNS_NAME_BUF];
	size_t len = dns_name_lower(owner, rr->owner), rdlen = rr->rdlen;
	uint64_t h = hash_octets(14695981039346656037u, owner, len);

	h = hash_number(hash_number(h, (uint32_t)rr->type << 16 | rr->class), rr->ttl);
	if (rr->type == DNS_TYPE_SOA && rdlen >= 20 &&
	    dns_name_equal(rr->owner, content->zone->wire)) {
		const uint8_t *serial = rr->rdata + rdlen - 20;

		content->has_soa = true;
		content->serial = (uint32_t)serial[0] << 24 | (uint32_t)serial[1] << 16 |
				  (uint32_t)serial[2] << 8 | serial[3];
		h = hash_octets(h, serial + 4, 16);
		rdlen -= 20;
	}
	content->sum += hash_octets(h, rr->rdata, rdlen);
	return true;
}

static bool
read_content(struct content *content, const char *path)
{
	struct dns_zonefile_options options = { .origin = content->zone->wire,
						.max_records = RECORDS_MAX,
						.rr = add_record,
						.user = content };
	struct dns_zonefile_error error;

	return dns_zonefile_read(path, &options, &error) == 0 && content->has_soa;
}

/* RFC 1982: whether a is newer than b. */
static bool
is_newer(uint32_t a, uint32_t b)
{
	return a != b && a - b < (uint32_t)1 << 31;
}

void
cfc_check_serial(struct cfc *c, struct cfc_span span, const char *path, const struct rt_name *zone)
{
	struct content now = { .zone = zone }, before = { .zone = zone };
	const char *old = cfc_printf(c, "%s%s%s", c->base_dir == NULL ? "" : c->base_dir,
				     path[0] == '/' ? "" : "/", path);

	/* A zone that is new, or was broken, has no serial to go on from. */
	if (c->base_dir == NULL || access(old, R_OK) != 0 || !read_content(&before, old) ||
	    !read_content(&now, cfc_root_path(c, path)) || now.sum == before.sum ||
	    is_newer(now.serial, before.serial))
		return;
	cfc_warn(c, span, "CF4013",
		 now.serial == before.serial
			 ? "%s has changed, and its serial has not: nobody takes the change over"
			 : "%s has changed, and its serial went back: nobody takes the change over",
		 zone->text);
	if (now.serial == before.serial)
		cfc_note(c, cfc_no_span(), "'%s' still has %" PRIu32, path, now.serial);
	else
		cfc_note(c, cfc_no_span(), "'%s' has %" PRIu32 ", and had %" PRIu32, path,
			 now.serial, before.serial);
}
