/*
 * dynupdate_setup.c - compile time: what `dynupdate` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/bind/setup_file.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/zonefile.h"

struct dynupdate_config {
	struct rt_names zone;
	const char *file;
	const char *database;
	uint32_t max_records;
	uint32_t max_bytes;
	uint32_t max_update_records;
	struct rt_strings rules; /* "KEY NAME TYPE..." */
};

/* Types that an update cannot carry, or that CoreDNS would have to make anew. */
static bool
is_updatable(uint16_t type)
{
	static const uint16_t refused[] = { DNS_TYPE_SIG,    DNS_TYPE_KEY,   DNS_TYPE_NXT,
					    DNS_TYPE_DS,     DNS_TYPE_RRSIG, DNS_TYPE_NSEC,
					    DNS_TYPE_DNSKEY, DNS_TYPE_NSEC3, DNS_TYPE_NSEC3PARAM,
					    DNS_TYPE_TALINK, DNS_TYPE_CDS,   DNS_TYPE_CDNSKEY,
					    DNS_TYPE_TA,     DNS_TYPE_DLV,   DNS_TYPE_ZONEMD,
					    DNS_TYPE_AXFR,   DNS_TYPE_IXFR,  DNS_TYPE_MAILA,
					    DNS_TYPE_MAILB,  DNS_TYPE_OPT,   DNS_TYPE_TKEY,
					    DNS_TYPE_TSIG };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (refused[i] == type)
			return false;
	}
	return dns_type_name(type) != NULL;
}

static char *
upper(struct cfc *c, const char *text)
{
	char *copy = cfc_printf(c, "%s", text);

	for (char *p = copy; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	return copy;
}

static bool
check_types(struct cfc_bind *b, const struct cfc_line *line)
{
	for (size_t i = 3; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		uint16_t type;

		if (strcmp(tok->text, "*") == 0 && line->ntokens == 4)
			continue;
		if (strcmp(tok->text, "*") == 0) {
			cfc_error(b->c, tok->span, "CF2002",
				  "'*' stands for all types and must be alone");
			return false;
		}
		if (dns_type_parse(&type, upper(b->c, tok->text), tok->len) != 0 ||
		    !is_updatable(type)) {
			cfc_error(b->c, tok->span, "CF2002", "'%s' is no type that can be updated",
				  tok->text);
			return false;
		}
	}
	return true;
}

static bool
parse_allow(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct dynupdate_config *self = config;
	const struct cfc_token *key = &line->tokens[1];
	struct rt_name name;

	if (!cfc_bind_count(b, line, 3, SIZE_MAX))
		return false;
	if (strcmp(key->text, "*") == 0 || strcmp(key->text, "@") == 0 ||
	    key->text[strspn(key->text, " \t\n\v\f\r")] == '\0') {
		cfc_error(b->c, key->span, "CF2002", "'%s' is no name of a key", key->text);
		return false;
	}
	if (!cfc_bind_name(b, key, &name) || !check_types(b, line))
		return false;
	const char *text = cfc_printf(b->c, "%s %s", name.text,
				      cfc_words(b->c, line->tokens + 2, line->ntokens - 2));
	*(const char **)cfc_list_add(b, &self->rules, sizeof(char *)) = text;
	return true;
}

static const struct cfc_arg dynupdate_args[] = {
	{ .name = "ZONE",
	  .kind = CFC_ZONES,
	  .arity = CFC_OPT,
	  CFC_AT(struct dynupdate_config, zone),
	  .help = "the zone" },
};

static const struct cfc_arg file_args[] = {
	{ .name = "DBFILE", .kind = CFC_PATH, CFC_AT(struct dynupdate_config, file) },
};

static const struct cfc_arg database_args[] = {
	{ .name = "FILE", .kind = CFC_STRING, CFC_AT(struct dynupdate_config, database) },
};

static const struct cfc_arg max_records_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 1,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "10000",
	  CFC_AT(struct dynupdate_config, max_records) },
};

static const struct cfc_arg max_bytes_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 1,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "8388608",
	  CFC_AT(struct dynupdate_config, max_bytes) },
};

static const struct cfc_arg max_update_records_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .min = 1,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  .dflt = "1024",
	  CFC_AT(struct dynupdate_config, max_update_records) },
};

/* The names in rules are known to be right when the zone is known. */
static bool
check_names(struct cfc_bind *b, const struct rt_name *zone)
{
	const struct cfc_directive *d = b->directive;
	bool ok = true;

	for (size_t i = 0; i < d->nlines; i++) {
		const struct cfc_token *tok = &d->lines[i].tokens[2];
		struct rt_name name;

		if (strcmp(d->lines[i].tokens[0].text, "allow") != 0 ||
		    strcmp(tok->text, "@") == 0 || strcmp(tok->text, "*") == 0)
			continue;
		if (!cfc_bind_name(b, tok, &name)) {
			ok = false;
		} else if (!dns_name_is_subdomain(name.wire, zone->wire)) {
			cfc_error(b->c, tok->span, "CF2002", "'%s' is not in the zone '%s'",
				  tok->text, zone->text);
			ok = false;
		}
	}
	return ok;
}

static bool
count_soa(void *user, const struct dns_zonefile_rr *rr)
{
	*(unsigned *)user += rr->type == DNS_TYPE_SOA;
	return true;
}

/* Without a database the zone is read when CoreDNS starts; with one, when that is made. */
static bool
check_seed(struct cfc_bind *b, const struct dynupdate_config *self)
{
	unsigned soas = 0;
	struct dns_zonefile_options opt = { .origin = self->zone.v[0].wire,
					    .rr = count_soa,
					    .user = &soas };
	struct dns_zonefile_error err;
	struct cfc_span span = b->directive->name.span;

	if (!b->c->compat || self->database != NULL)
		return true;
	if (!cfc_setup_readable(b, span, self->file, NULL))
		return false;
	int rc = dns_zonefile_read(cfc_setup_path(b->c, self->file), &opt, &err);
	if (rc < 0)
		cfc_error(b->c, span, "CF1000", "'%s', line %u: %s", self->file, err.line,
			  err.text);
	else if (soas != 1)
		cfc_error(b->c, span, "CF2002", "'%s' has %u SOA records", self->file, soas);
	return rc == 0 && soas == 1;
}

static bool
dynupdate_check(struct cfc_bind *b, void *config)
{
	const struct dynupdate_config *self = config;
	const struct cfc_line *database = cfc_find_line(b->directive, "database");
	bool ok = true;

	if (self->zone.n != 1) {
		cfc_error(b->c, b->directive->name.span, "CF2002",
			  "'dynupdate' serves one zone, not %u", self->zone.n);
		cfc_note(b->c, cfc_no_span(), "name it: 'dynupdate example.org'");
		return false;
	}
	if (self->file == NULL || self->rules.n == 0) {
		cfc_error(b->c, b->directive->name.span, "CF2005", "'dynupdate' needs '%s'",
			  self->file == NULL ? "file" : "allow");
		ok = false;
	}
	if (database != NULL && self->database[0] == '\0') {
		cfc_error(b->c, database->tokens[1].span, "CF2002",
			  "the name of the database is empty");
		ok = false;
	}
	return check_names(b, &self->zone.v[0]) && ok && check_seed(b, self);
}

static const struct cfc_option dynupdate_options[] = {
	{ .name = "file",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(file_args),
	  .help = "the zone as it is at first" },
	{ .name = "database",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(database_args),
	  .help = "keeps changes in this file" },
	{ .name = "allow",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_allow,
	  .syntax = "KEY NAME TYPE...",
	  .help = "what a key may change" },
	{ .name = "max_records",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_records_args),
	  .help = "the highest number of records" },
	{ .name = "max_bytes",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_bytes_args),
	  .help = "the largest size of the zone" },
	{ .name = "max_update_records",
	  .repeat = CFC_REPEAT_ERROR,
	  CFC_ARGS(max_update_records_args),
	  .help = "the highest number of records in an update" },
};

static const struct cfc_field dynupdate_fields[] = {
	{ .field = "rules",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct dynupdate_config, rules) },
};

const struct cfc_plugin dynupdate_plugin = {
	.name = "dynupdate",
	.summary = "serves a zone that clients change with DNS updates",
	CFC_CONFIG(dynupdate_config),
	.directive = { CFC_ARGS(dynupdate_args) },
	CFC_OPTIONS(dynupdate_options),
	CFC_FIELDS(dynupdate_fields),
	.repeat = CFC_REPEAT_FIRST,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_LINT_ONLY,
	.check = dynupdate_check,
};
