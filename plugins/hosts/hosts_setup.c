/*
 * hosts_setup.c - compile time: the directive, and the lines of a hosts file within its block.
 */
#include "config.h"

#include "hosts/hosts.h"

#include <string.h>

#include "base/duration.h"
#include "compiler/fix.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "compiler/suggest.h"
#include "compiler/trace.h"
#include "dns/name.h"
#include "dns/types.h"
#include "hosts/hosts_addr.h"

static const struct cfc_arg hosts_args[] = {
	{ .name = "FILE",
	  .kind = CFC_PATH,
	  .arity = CFC_OPT,
	  .dflt = "/etc/hosts",
	  CFC_AT(struct hosts_config, file),
	  .help = "the hosts file" },
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct hosts_config, zones),
	  .help = "zones to answer for; by default those of the server block" },
};

static const struct cfc_arg ttl_args[] = {
	{ .name = "SECONDS",
	  .kind = CFC_SECONDS,
	  .min = 1,
	  .max = 65535,
	  .dflt = "3600",
	  CFC_AT(struct hosts_config, ttl) },
};

static const struct cfc_arg reload_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .dflt = "5s",
	  CFC_AT(struct hosts_config, reload) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct hosts_config, fall) },
};

static const struct cfc_option hosts_options[] = {
	{ .name = "ttl", CFC_ARGS(ttl_args), .lax = CFC_LAX_MORE, .help = "TTL of all records" },
	{ .name = "no_reverse",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct hosts_config, no_reverse),
	  .help = "makes no PTR records" },
	{ .name = "reload",
	  CFC_ARGS(reload_args),
	  .help = "how often to look whether the file has changed; 0s: never" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "leaves names that are not in the data to the next plugin" },
	{ .name = "fallthrough_unsupported",
	  .repeat = CFC_REPEAT_SAME,
	  .needs = "fallthrough",
	  CFC_SETS(struct hosts_config, unsupported),
	  .help = "leaves other types of names in the data to the next plugin, too" },
};

static const struct cfc_field entry_fields[] = {
	{ .field = "addr", .kind = CFC_ADDR, .offset = offsetof(struct hosts_entry, addr) },
	{ .field = "names", .kind = CFC_NAMES, .offset = offsetof(struct hosts_entry, names) },
};

static const struct cfc_struct entry_struct = {
	.type = "struct hosts_entry",
	.size = sizeof(struct hosts_entry),
	.fields = entry_fields,
	.nfields = ARRAY_SIZE(entry_fields),
};

static const struct cfc_field hosts_fields[] = {
	{ .field = "file_given",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct hosts_config, file_given) },
	{ .field = "lines",
	  .kind = CFC_STRUCTS,
	  .offset = offsetof(struct hosts_config, lines),
	  .comment = "of the Corefile",
	  .elems = &entry_struct },
};

/* ---- lines within the Corefile ---- */

static const char *
nearest_option(const char *word)
{
	const char *names[ARRAY_SIZE(hosts_options)];

	for (size_t i = 0; i < ARRAY_SIZE(hosts_options); i++)
		names[i] = hosts_options[i].name;
	return cfc_suggest(word, names, ARRAY_SIZE(hosts_options));
}

static bool
note_suggestion(struct cfc_bind *b, const struct cfc_token *tok)
{
	const char *near = nearest_option(tok->text);

	if (near != NULL) {
		cfc_note(b->c, tok->span, "did you mean '%s'?", near);
		if (tok->rawlen == tok->len) /* not a part of a quoted line */
			cfc_fix_word(b->c, cfc_printf(b->c, "write '%s'", near), tok, near);
	}
	return near != NULL;
}

/* CoreDNS takes whatever is no option, before `fallthrough`, as a line and skips bad ones. */
static void
warn_no_line(struct cfc_bind *b, const struct cfc_token *tok)
{
	cfc_warn(b->c, tok->span, "CF2013",
		 "'%s' is neither an option nor an IP address: the line "
		 "has no effect",
		 tok->text);
	if (!note_suggestion(b, tok))
		cfc_note(b->c, cfc_no_span(),
			 "a line of a hosts file is an IP address followed by names");
}

static bool
in_zones(const struct rt_names *zones, const struct rt_name *name)
{
	for (unsigned i = 0; i < zones->n; i++) {
		if (dns_name_is_subdomain(name->wire, zones->v[i].wire))
			return true;
	}
	return false;
}

/* The words of a line; a token in quotes may hold several. */
struct words {
	struct cfc_token *v;
	unsigned n;
};

/* Cuts a token at blanks; what stands behind a '#' in quotes is a comment there, too. */
static void
split_token(struct cfc_bind *b, const struct cfc_token *tok, struct words *out)
{
	const char *p = tok->text;
	const char *hash = strchr(tok->text, '#');
	const char *end = hash != NULL ? hash : tok->text + tok->len;

	while (p < end) {
		size_t blank = strspn(p, " \t\r\n\v\f");
		size_t len = strcspn(p + blank, " \t\r\n\v\f");

		p += blank;
		if (p + len > end)
			len = p < end ? (size_t)(end - p) : 0;
		if (len == 0)
			break;
		struct cfc_token *word = cfc_list_add(b, out, sizeof(*word));
		*word = *tok;
		word->text = cfc_printf(b->c, "%.*s", (int)len, p);
		word->len = len;
		p += len;
	}
}

/* A name that the plugin is never asked for, since it is outside its zones. */
static void
warn_outside(struct cfc_bind *b, const struct hosts_config *config, const struct cfc_token *tok,
	     const struct rt_name *name)
{
	const struct rt_names *zones = config->zones.n > 0 ? &config->zones : &b->block->zones;

	if (!in_zones(zones, name))
		cfc_warn(b->c, tok->span, "CF2024",
			 "'%s' is outside the zones of this 'hosts': nobody is told its address",
			 tok->text);
}

static bool
add_entry(struct cfc_bind *b, struct hosts_config *config, const struct words *words)
{
	struct hosts_entry entry = { .names = { NULL, 0 } };
	bool ok = true;

	if (!hosts_addr_parse(&entry.addr, words->v[0].text, words->v[0].len)) {
		warn_no_line(b, &words->v[0]);
		return true;
	}
	if (words->n == 1) {
		cfc_warn(b->c, words->v[0].span, "CF2013",
			 "address '%s' has no names: the line has no effect", words->v[0].text);
		return true;
	}
	for (unsigned i = 1; i < words->n; i++) {
		struct rt_name name;

		bool before = cfc_mute(b->c, b->c->compat);
		bool good = cfc_bind_name(b, &words->v[i], &name);

		cfc_mute(b->c, before);
		if (!good) {
			ok = b->c->compat && ok;
			continue;
		}
		warn_outside(b, config, &words->v[i], &name);
		*(struct rt_name *)cfc_list_add(b, &entry.names, sizeof(name)) = name;
	}
	if (entry.names.n > 0)
		*(struct hosts_entry *)cfc_list_add(b, &config->lines, sizeof(entry)) = entry;
	return ok;
}

static bool
hosts_line(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct hosts_config *hosts = config;
	const struct cfc_token *first = &line->tokens[0];
	struct words words = { NULL, 0 };

	if (line->has_block) {
		cfc_error(b->c, line->open, "CF2001", "a line of hosts takes no block");
		return false;
	}
	if (hosts->fall.enabled) { /* as in CoreDNS */
		cfc_error(b->c, first->span, "CF2004", "unknown option '%s' of 'hosts'",
			  first->text);
		cfc_note(b->c, cfc_no_span(), "lines of a hosts file stand before 'fallthrough'");
		note_suggestion(b, first);
		return false;
	}
	for (size_t i = 0; i < line->ntokens; i++)
		split_token(b, &line->tokens[i], &words);
	return words.n == 0 || add_entry(b, hosts, &words);
}

static bool
hosts_check(struct cfc_bind *b, void *config)
{
	struct hosts_config *hosts = config;

	if (b->directive->nargs > 0 && cfc_setup_stat(b->c, hosts->file) == CFC_SETUP_DENIED) {
		cfc_error(b->c, b->directive->args[0].span, "CF1000", "'hosts' cannot look at '%s'",
			  hosts->file);
		return false;
	}
	hosts->file_given = cfc_bind_was_set(b, offsetof(struct hosts_config, file));
	cfc_bind_mark(b, offsetof(struct hosts_config, file_given));
	if (hosts->lines.n > 0)
		cfc_bind_mark(b, offsetof(struct hosts_config, lines));
	return true;
}

/* ---- explain ---- */

/* The names of a line: the name itself, or a wildcard right above it. */
static bool
entry_names(const struct hosts_entry *e, const struct rt_name *name)
{
	for (unsigned i = 0; i < e->names.n; i++) {
		const uint8_t *wire = e->names.v[i].wire;
		if (dns_name_equal(wire, name->wire))
			return true;
		if (dns_name_is_wildcard(wire) && name->nlabels > 0 &&
		    dns_name_equal(dns_name_parent(wire, 1), dns_name_parent(name->wire, 1)))
			return true;
	}
	return false;
}

/* The addresses of the lines of the Corefile; *known = the name is there, with whatever family. */
static bool
say_addresses(struct cfc_trace *t, const struct hosts_config *hosts, bool *known)
{
	enum addr_family family = t->query.type == DNS_TYPE_A ? ADDR_V4 : ADDR_V6;
	const char *all = NULL;
	char text[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < hosts->lines.n; i++) {
		const struct hosts_entry *e = &hosts->lines.v[i];
		if (!entry_names(e, &t->query.name))
			continue;
		*known = true;
		if ((t->query.type != DNS_TYPE_A && t->query.type != DNS_TYPE_AAAA) ||
		    e->addr.family != family)
			continue;
		addr_format(&e->addr, text);
		all = all == NULL ? cfc_printf(t->c, "%s", text)
				  : cfc_printf(t->c, "%s, %s", all, text);
	}
	if (all != NULL)
		cfc_trace_say(t, "answers it from the Corefile: %s, TTL %u", all, hosts->ttl);
	return all != NULL;
}

static enum cfc_outcome
hosts_trace(struct cfc_trace *t, const void *config)
{
	const struct hosts_config *hosts = config;
	bool falls = cfc_query_falls(&t->query, &hosts->fall), known = false;

	if (t->query.type == DNS_TYPE_PTR) {
		cfc_trace_say(t,
			      hosts->no_reverse
				      ? "passes it on: no_reverse"
				      : "answers it if it has the address, otherwise passes it on");
		return hosts->no_reverse ? CFC_OUTCOME_PASSES : CFC_OUTCOME_MAY_END;
	}
	if (say_addresses(t, hosts, &known))
		return CFC_OUTCOME_ANSWERS;
	if (known) {
		cfc_trace_say(t,
			      "knows the name from the Corefile, but no such record of it: an "
			      "empty answer, unless '%s' has one",
			      hosts->file);
		return falls && hosts->unsupported ? CFC_OUTCOME_MAY_END : CFC_OUTCOME_ANSWERS;
	}
	bool inside = cfc_query_below(&t->query, &hosts->zones);
	cfc_trace_say(t, "answers it if it stands in '%s', otherwise %s", hosts->file,
		      !inside ? "passes it on: not one of its zones"
		      : falls ? "passes it on (fallthrough)"
			      : "SERVFAIL");
	return inside && !falls ? CFC_OUTCOME_ANSWERS : CFC_OUTCOME_MAY_END;
}

const struct cfc_plugin hosts_plugin = {
	.name = "hosts",
	.summary = "answers from a hosts file and from lines in the Corefile",
	CFC_CONFIG(hosts_config),
	.directive = { CFC_ARGS(hosts_args) },
	CFC_OPTIONS(hosts_options),
	CFC_FIELDS(hosts_fields),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_SERVE | CFC_PREFETCH | CFC_START | CFC_RELOAD,
	.traits = CFC_ANSWERS | CFC_HANDLER,
	.line = hosts_line,
	.check = hosts_check,
	.trace = hosts_trace,
};
