/*
 * zonefile.c - rules about what stands in zone files, which are only looked at with --root: CF4011 times,
 * CF4013 contents, and of CF4014 the age of signatures.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/checks/files.h"
#include "compiler/checks/facts.h"
#include "compiler/mount.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/zonefile.h"

#define TTL_WEEK          604800u
#define NEGATIVE_MAX      3600u
#define SIGNATURE_LAST    3 /* days before its end in which a signature should have been made anew */
#define RECORDS_MAX       2000000u
#define REPORTS_OF_A_KIND 1u /* where the same is wrong with many records, the first is shown */

/* What is at one name. */
struct owner {
	bool cname, other, address;
	unsigned line;
};

/* A name that must have addresses. */
struct target {
	uint8_t name[DNS_NAME_BUF];
	unsigned line;
};

enum fault { FAULT_OUTSIDE, FAULT_CNAME, FAULT_TTL, FAULT_SIGNATURE, FAULTS };

struct zone_reader {
	struct cfc *c;
	const char *path;
	struct cfc_span span; /* of the file's name in the Corefile */
	const struct rt_name *zone;
	struct map owners; /* lower-case name -> struct owner */
	struct {
		const struct target *v;
		unsigned n;
	} targets;
	unsigned faults[FAULTS];
	bool has_soa, has_ns;
	bool resigned; /* signatures in the file do not matter: new ones are made */
	int64_t now;   /* seconds since 1970 */
};

static const char *
name_text(struct zone_reader *z, const uint8_t *name)
{
	char text[DNS_NAME_TEXT_MAX];

	dns_name_to_text(name, text);
	return cfc_printf(z->c, "%s", text);
}

/* Whether this kind of fault is to be reported again. */
static bool
counts(struct zone_reader *z, enum fault fault)
{
	return z->faults[fault]++ < REPORTS_OF_A_KIND;
}

static void
note_line(struct zone_reader *z, unsigned line, const uint8_t *name)
{
	cfc_note(z->c, cfc_no_span(), "line %u of '%s': %s", line, z->path, name_text(z, name));
}

/* ---- records ---- */

static uint32_t
read_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
check_range(struct zone_reader *z, const char *what, uint32_t value, uint32_t low, uint32_t high)
{
	if (value >= low && value <= high)
		return;
	cfc_warn(z->c, z->span, "CF4011",
		 "%s of the SOA of %s is %" PRIu32 " s, expected %" PRIu32 " to %" PRIu32, what,
		 z->zone->text, value, low, high);
	cfc_note(z->c, cfc_no_span(), "see RFC 1912 section 2.2 and RFC 2308 section 5");
}

static void
check_soa(struct zone_reader *z, const struct dns_zonefile_rr *rr)
{
	z->has_soa = true;
	if (rr->rdlen < 20)
		return;
	const uint8_t *numbers = rr->rdata + rr->rdlen - 20;
	uint32_t refresh = read_u32(numbers + 4), retry = read_u32(numbers + 8);

	if (read_u32(numbers) == 0)
		cfc_warn(z->c, z->span, "CF4011",
			 "the serial of %s is 0: secondaries see no change", z->zone->text);
	check_range(z, "refresh", refresh, 1200, 86400);
	if (retry >= refresh)
		cfc_warn(z->c, z->span, "CF4011",
			 "retry of the SOA of %s is not below refresh: %" PRIu32 " and %" PRIu32,
			 z->zone->text, retry, refresh);
	check_range(z, "expire", read_u32(numbers + 12), TTL_WEEK, 4 * TTL_WEEK);
	if (read_u32(numbers + 16) <= NEGATIVE_MAX)
		return;
	cfc_warn(z->c, z->span, "CF4011",
		 "a name that is added to %s is unknown for up to %" PRIu32
		 " s to who asked before",
		 z->zone->text, read_u32(numbers + 16));
	cfc_note(z->c, cfc_no_span(), "the last number of the SOA; an hour or less is usual");
}

static void
check_ttl(struct zone_reader *z, const struct dns_zonefile_rr *rr)
{
	if ((rr->ttl > 0 && rr->ttl <= TTL_WEEK) || !counts(z, FAULT_TTL))
		return;
	cfc_warn(z->c, z->span, "CF4011",
		 rr->ttl == 0 ? "a TTL of 0: every client asks again each time"
			      : "a TTL of more than a week: a change takes as long to be seen");
	note_line(z, rr->line, rr->owner);
}

static void
check_signature(struct zone_reader *z, const struct dns_zonefile_rr *rr)
{
	if (rr->rdlen < 18)
		return;
	/* RFC 4034 section 3.1.5: serial number arithmetic, right for 68 years to both sides. */
	int32_t left = (int32_t)(read_u32(rr->rdata + 8) - (uint32_t)z->now);

	if (left > SIGNATURE_LAST * 86400 || !counts(z, FAULT_SIGNATURE))
		return;
	cfc_warn(z->c, z->span, "CF4014",
		 left < 0 ? "signatures of %s have expired: validating resolvers refuse it"
			  : "signatures of %s expire within days, and nothing here makes new ones",
		 z->zone->text);
	note_line(z, rr->line, rr->owner);
}

static void
add_target(struct zone_reader *z, const struct dns_zonefile_rr *rr)
{
	struct cfc_bind b = { .c = z->c };

	if (dns_name_check(rr->rdata, rr->rdlen) < 0 ||
	    !dns_name_is_subdomain(rr->rdata, z->zone->wire))
		return;
	struct target *t = cfc_list_add(&b, &z->targets, sizeof(*t));
	dns_name_lower(t->name, rr->rdata);
	t->line = rr->line;
}

static struct owner *
owner_of(struct zone_reader *z, const uint8_t *name, bool make)
{
	uint8_t lower[DNS_NAME_BUF];
	size_t len = dns_name_lower(lower, name);
	struct owner *o = map_get(&z->owners, (const char *)lower, len);

	if (o != NULL || !make)
		return o;
	o = cfc_array(z->c, 1, sizeof(*o));
	xmap_set(&z->owners, (const char *)lower, len, o);
	return o;
}

/* Next to a CNAME there may be what DNSSEC adds, and nothing else. */
static bool
is_beside(uint16_t type)
{
	return type != DNS_TYPE_CNAME && type != DNS_TYPE_RRSIG && type != DNS_TYPE_NSEC &&
	       type != DNS_TYPE_KEY;
}

static void
check_owner(struct zone_reader *z, const struct dns_zonefile_rr *rr)
{
	struct owner *o = owner_of(z, rr->owner, true);

	o->cname = o->cname || rr->type == DNS_TYPE_CNAME;
	o->other = o->other || is_beside(rr->type);
	o->address = o->address || rr->type == DNS_TYPE_A || rr->type == DNS_TYPE_AAAA;
	if (!o->cname || !o->other || !counts(z, FAULT_CNAME))
		return;
	cfc_error(z->c, z->span, "CF4013", "a CNAME stands beside other records of the same name");
	note_line(z, rr->line, rr->owner);
}

static bool
take_record(void *user, const struct dns_zonefile_rr *rr)
{
	struct zone_reader *z = user;
	bool apex = dns_name_equal(rr->owner, z->zone->wire);

	if (!dns_name_is_subdomain(rr->owner, z->zone->wire)) {
		if (!counts(z, FAULT_OUTSIDE))
			return true;
		cfc_warn(z->c, z->span, "CF4013",
			 "a record is outside the zone %s, and never served", z->zone->text);
		note_line(z, rr->line, rr->owner);
		return true;
	}
	if (rr->type == DNS_TYPE_SOA && apex)
		check_soa(z, rr);
	if (rr->type == DNS_TYPE_NS) {
		z->has_ns = z->has_ns || apex;
		add_target(z, rr);
	}
	if (rr->type == DNS_TYPE_RRSIG && !z->resigned)
		check_signature(z, rr);
	check_ttl(z, rr);
	check_owner(z, rr);
	return true;
}

/* ---- the zone ---- */

static void
check_targets(struct zone_reader *z)
{
	for (unsigned i = 0; i < z->targets.n; i++) {
		const struct target *t = &z->targets.v[i];
		const struct owner *o = owner_of(z, t->name, false);

		if (o != NULL && o->address)
			continue;
		cfc_warn(z->c, z->span, "CF4013",
			 "the name server '%s' is in the zone and has no address there",
			 name_text(z, t->name));
		cfc_note(z->c, cfc_no_span(), "line %u of '%s' names it", t->line, z->path);
	}
}

/*
 * Whether a file can be looked at: one that is mounted, unless it includes others, or one below --root.
 * Says so where a mounted folder does not have it.
 */
static bool
can_look(struct cfc *c, const struct cfc_directive *d, const char *path)
{
	const struct cfc_source *mounted = cfc_mount_find(c, path);

	if (mounted != NULL)
		return strstr(mounted->text, "$INCLUDE") == NULL;
	if (!cfc_mount_knows(c, path))
		return cfc_looks_at_files(c);
	cfc_warn(c, d->args[0].span, "CF4013", "'%s' is not there: the ConfigMap has no such key",
		 path);
	return false;
}

static int
read_file(struct cfc *c, const char *path, const struct dns_zonefile_options *options,
	  struct dns_zonefile_error *error)
{
	const struct cfc_source *mounted = cfc_mount_find(c, path);

	if (mounted != NULL)
		return dns_zonefile_parse(mounted->text, mounted->len, path, options, error);
	return dns_zonefile_read(cfc_root_path(c, path), options, error);
}

static void
read_zone(struct cfc *c, const struct cfc_instance *in, const char *path,
	  const struct rt_name *zone)
{
	struct cfc_span span = in->directive->args[0].span;
	struct zone_reader z = { .c = c,
				 .path = path,
				 .span = span,
				 .zone = zone,
				 .resigned = strcmp(in->plugin->name, "sign") == 0,
				 .now = cfc_now(c) };
	struct dns_zonefile_options options = {
		.origin = zone->wire, .max_records = RECORDS_MAX, .rr = take_record, .user = &z
	};
	struct dns_zonefile_error error;

	map_init(&z.owners);
	if (read_file(c, path, &options, &error) < 0) {
		cfc_error(c, span, "CF4013", "the zone %s cannot be read: %s", zone->text,
			  error.text);
		if (error.line > 0)
			cfc_note(c, cfc_no_span(), "line %u of '%s'", error.line, path);
	} else if (!z.has_soa) {
		cfc_error(c, span, "CF4013", "'%s' has no SOA record for %s", path, zone->text);
	} else {
		if (!z.has_ns)
			cfc_warn(c, span, "CF4013", "'%s' has no NS record for %s", path,
				 zone->text);
		check_targets(&z);
		if (!z.resigned) /* by a new serial, too */
			cfc_check_serial(c, span, path, zone);
	}
	map_release(&z.owners);
}

static void
check_files(struct cfc *c, const struct cfc_block *block, const struct cfc_instance *in)
{
	bool is_hosts = strcmp(in->plugin->name, "hosts") == 0;
	bool has_zone =
		strcmp(in->plugin->name, "file") == 0 || strcmp(in->plugin->name, "sign") == 0;
	const char *path = cfc_instance_text(in, is_hosts ? "file" : "path", CFC_PATH);
	struct rt_names zones;

	if ((!is_hosts && !has_zone) || path == NULL || in->directive->nargs == 0 ||
	    !can_look(c, in->directive, path) || is_hosts)
		return;
	cfc_instance_zones(in, block, &zones);
	for (unsigned j = 0; j < zones.n; j++)
		read_zone(c, in, path, &zones.v[j]);
}

void
cfc_check_zone_files(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	(void)self;
	for (size_t i = 0; !c->compat && i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next)
			check_files(c, plan->blocks[i], in);
	}
}
