/*
 * file_setup.c - compile time: `file DBFILE [ZONES...] { ... }`.
 */
#include "config.h"

#include "file/file.h"

#include <string.h>

#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "dns/types.h"
#include "dns/zonefile.h"

static const struct cfc_arg file_args[] = {
	{ .name = "DBFILE",
	  .kind = CFC_PATH,
	  CFC_AT(struct file_config, path),
	  .help = "the master file to read" },
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct file_config, zones),
	  .help = "the zones that it is read for" },
};

static const struct cfc_arg reload_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .min = 0,
	  .max = INT64_MAX,
	  .dflt = "1m",
	  CFC_AT(struct file_config, reload),
	  .help = "how often to look, 0 for never" },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct file_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_option file_options[] = {
	{ .name = "reload",
	  CFC_ARGS(reload_args),
	  .lax = CFC_LAX_MORE,
	  .help = "reads the file again when it has changed" },
	{ .name = "reload_by_mtime",
	  .lax = CFC_LAX_FLAT,
	  CFC_SETS(struct file_config, reload_by_mtime),
	  .repeat = CFC_REPEAT_SAME,
	  .help = "takes a newer file for a change, whatever the serial says" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names that do not exist to the next plugin" },
	{ .name = "upstream", .ignored = true, .help = "had a meaning in old versions of CoreDNS" },
};

/* Options that in CoreDNS one `file` of a server block may have for another. */
static const char *const leaking[] = { "reload", "reload_by_mtime", "fallthrough" };

/* What holds for all `file` of a server block. */
struct file_memo {
	bool followed; /* a plugin that a query could go on to comes after them */
	const struct cfc_directive *with[ARRAY_SIZE(leaking)]; /* the first that has the option */
};

static void
note_options(struct file_memo *memo, const struct cfc_directive *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(leaking); i++) {
		if (memo->with[i] == NULL && cfc_find_line(d, leaking[i]) != NULL)
			memo->with[i] = d;
	}
}

/* The plugin of the directive, if it comes after `file` and takes queries. */
static bool
follows(const struct cfc_bind *b, const struct cfc_directive *d)
{
	bool after = false;

	for (size_t i = 0; i < b->c->nplugins; i++) {
		const struct cfc_plugin *p = b->c->plugins[i];

		if (after && (p->hooks & CFC_SERVE) && strcmp(d->name.text, p->name) == 0)
			return true;
		after = after || p == b->plugin;
	}
	return false;
}

static const struct file_memo *
memo_of(struct cfc_bind *b)
{
	const struct cfc_server *server = b->block->tree;
	struct file_memo *memo = b->memo;

	if (memo != NULL)
		return memo;
	memo = b->memo = cfc_array(b->c, 1, sizeof(*memo));
	for (size_t i = 0; i < server->ndirectives; i++) {
		const struct cfc_directive *d = &server->directives[i];

		if (strcmp(d->name.text, b->plugin->name) == 0)
			note_options(memo, d);
		else
			memo->followed = memo->followed || follows(b, d);
	}
	return memo;
}

static void
warn_leak(struct cfc_bind *b, const struct cfc_directive *other, const char *option)
{
	cfc_warn(b->c, b->directive->name.span, "CF2014",
		 "in CoreDNS the '%s' of another 'file' holds for this one, too", option);
	cfc_note(b->c, other->name.span,
		 "the other one; say it in both, or put them into server blocks of their own");
}

/*
 * CoreDNS reads all 'file' of a server block into one plugin: 'reload' and 'reload_by_mtime' stay for those
 * that follow, and the last 'fallthrough' is for all.  Here each has its own.  In the order of the others.
 */
static void
warn_leaks(struct cfc_bind *b, const struct file_memo *memo)
{
	const struct cfc_directive *leaks[ARRAY_SIZE(leaking)], *d = b->directive;

	for (size_t i = 0; i < ARRAY_SIZE(leaking); i++) {
		leaks[i] = cfc_find_line(d, leaking[i]) != NULL ? NULL : memo->with[i];
		if (i < 2 && leaks[i] > d)
			leaks[i] = NULL;
	}
	for (;;) {
		size_t first = ARRAY_SIZE(leaking);

		for (size_t i = ARRAY_SIZE(leaking); i-- > 0;) {
			if (leaks[i] != NULL &&
			    (first == ARRAY_SIZE(leaking) || leaks[i] <= leaks[first]))
				first = i;
		}
		if (first == ARRAY_SIZE(leaking))
			return;
		warn_leak(b, leaks[first], leaking[first]);
		leaks[first] = NULL;
	}
}

/* What CoreDNS looks for in a zone file when it starts. */
struct zone_scan {
	bool soa;
	uint32_t serial;
	bool nsec3; /* it has no zones with NSEC3 */
};

static bool
scan_rr(void *user, const struct dns_zonefile_rr *rr)
{
	struct zone_scan *scan = user;

	scan->nsec3 = scan->nsec3 || rr->type == DNS_TYPE_NSEC3 || rr->type == DNS_TYPE_NSEC3PARAM;
	if (rr->type != DNS_TYPE_SOA || scan->soa || rr->rdlen < 20)
		return true;
	const uint8_t *serial = rr->rdata + rr->rdlen - 20;
	scan->soa = true;
	scan->serial = (uint32_t)serial[0] << 24 | (uint32_t)serial[1] << 16 |
		       (uint32_t)serial[2] << 8 | serial[3];
	return true;
}

static bool
check_zone(struct cfc_bind *b, const char *path, const struct rt_name *zone)
{
	struct zone_scan scan = { .soa = false };
	struct dns_zonefile_options opt = { .origin = zone->wire, .rr = scan_rr, .user = &scan };
	struct dns_zonefile_error err;
	struct cfc_span span = b->directive->args[0].span;
	int rc = dns_zonefile_read(cfc_setup_path(b->c, path), &opt, &err);

	if (rc < 0)
		cfc_error(b->c, span, "CF1000", "'%s', line %u: %s", path, err.line, err.text);
	else if (!scan.soa)
		cfc_error(b->c, span, "CF2002", "'%s' has no SOA record", path);
	else if (scan.serial == 0)
		cfc_error(b->c, span, "CF2002", "the serial number in '%s' is 0", path);
	else if (scan.nsec3)
		cfc_error(b->c, span, "CF2002", "'%s' has NSEC3 records", path);
	return rc == 0 && scan.soa && scan.serial != 0 && !scan.nsec3;
}

/* A file that is absent is waited for, unless it is never looked at again. */
static bool
check_zones(struct cfc_bind *b, const struct file_config *file)
{
	enum cfc_setup_kind kind = cfc_setup_stat(b->c, file->path);
	bool ok = true;

	if (kind == CFC_SETUP_UNKNOWN)
		return true;
	if (kind == CFC_SETUP_ABSENT || kind == CFC_SETUP_DENIED)
		return file->reload != 0 ||
		       cfc_setup_readable(b, b->directive->args[0].span, file->path, NULL);
	for (unsigned i = 0; i < file->zones.n; i++)
		ok = check_zone(b, file->path, &file->zones.v[i]) && ok;
	return ok;
}

static bool
file_check(struct cfc_bind *b, void *config)
{
	struct file_config *file = config;

	if (file->path[0] == '\0') {
		cfc_error(b->c, b->directive->args[0].span, "CF2002",
			  "the path of the zone file is empty");
		return false;
	}
	if (file->reload_by_mtime && file->reload == 0)
		cfc_warn(b->c, b->directive->name.span, "CF2011",
			 "'reload_by_mtime' has no effect with 'reload 0'");
	const struct file_memo *memo = memo_of(b);
	file->last = !memo->followed;
	warn_leaks(b, memo);
	return check_zones(b, file);
}

static const struct cfc_field file_fields[] = {
	{ .field = "last",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct file_config, last),
	  .comment = "no plugin after it can be asked" },
};

const struct cfc_plugin file_plugin = {
	.name = "file",
	.summary = "serves zones from master files",
	CFC_CONFIG(file_config),
	.directive = { CFC_ARGS(file_args) },
	CFC_OPTIONS(file_options),
	CFC_FIELDS(file_fields),
	.repeat = CFC_REPEAT_EACH,
	.hooks = CFC_SERVE | CFC_PREFETCH | CFC_START | CFC_RELOAD,
	.traits = CFC_ANSWERS | CFC_KEEPS | CFC_HANDLER,
	.libs = "-lcrypto",
	.check = file_check,
};
