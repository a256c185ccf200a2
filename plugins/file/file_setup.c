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

/* Whether a plugin that a query could go on to comes after this one in the block. */
static bool
is_followed(const struct cfc_bind *b)
{
	const struct cfc_server *server = b->block->tree;
	bool after = false;

	for (size_t i = 0; i < b->c->nplugins; i++) {
		const struct cfc_plugin *p = b->c->plugins[i];

		if (p == b->plugin) {
			after = true;
			continue;
		}
		for (size_t j = 0; after && (p->hooks & CFC_SERVE) && j < server->ndirectives;
		     j++) {
			const struct cfc_token *name = &server->directives[j].name;

			if (cfc_plugin_find(b->c, name->text, name->len) == p)
				return true;
		}
	}
	return false;
}

static bool
has_line(const struct cfc_directive *d, const char *option)
{
	for (size_t i = 0; i < d->nlines; i++) {
		if (strcmp(d->lines[i].tokens[0].text, option) == 0)
			return true;
	}
	return false;
}

/*
 * CoreDNS reads all 'file' of a server block into one plugin: 'reload' and 'reload_by_mtime' stay for those
 * that follow, and the last 'fallthrough' is for all.  Here each has its own.
 */
static void
warn_leaks(const struct cfc_bind *b)
{
	static const char *const options[] = { "reload", "reload_by_mtime", "fallthrough" };
	const struct cfc_server *server = b->block->tree;
	bool before = true;

	for (size_t i = 0; i < server->ndirectives; i++) {
		const struct cfc_directive *d = &server->directives[i];

		before = before && d != b->directive;
		if (d == b->directive || strcmp(d->name.text, b->plugin->name) != 0)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(options); j++) {
			if (!has_line(d, options[j]) || has_line(b->directive, options[j]) ||
			    (!before && j < 2))
				continue;
			cfc_warn(b->c, b->directive->name.span, "CF2014",
				 "in CoreDNS the '%s' of another 'file' holds for this one, too",
				 options[j]);
			cfc_note(b->c, d->name.span,
				 "the other one; say it in both, or put them "
				 "into server blocks of their own");
		}
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
	file->last = !is_followed(b);
	warn_leaks(b);
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
