/*
 * forward_setup.c - compile time: the options.
 */
#include "config.h"

#include "forward/forward_setup.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/duration.h"
#include "compiler/syntax/keys.h"
#include "compiler/syntax/names.h"
#include "compiler/plan.h"
#include "compiler/bind/setup_file.h"
#include "compiler/trace.h"
#include "compiler/bind/value.h"
#include "dns/types.h"

/* FORWARD_TO_MAX upstreams as text: a path each at the most. */
#define TOS_TEXT_MAX ((size_t)1 << 20)

/* ---- except ---- */

static bool
parse_except(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;
	bool ok = true;

	if (line->ntokens < 2) {
		cfc_error(b->c, line->tokens[0].span, "CF2001",
			  "'except' needs at least one name to leave out");
		return false;
	}
	for (size_t i = 1; i < line->ntokens; i++) {
		struct cfc_zones zones = { 0 };
		bool before = cfc_mute(b->c, b->c->compat);

		ok = (cfc_zone_arg(b->c, &line->tokens[i], &zones) || b->c->compat) && ok;
		cfc_mute(b->c, before);
		for (size_t k = 0; k < zones.count; k++)
			cfc_name_of_wire(b->c, zones.list[k].wire,
					 cfc_list_add(b, &f->except, sizeof(struct rt_name)));
	}
	cfc_bind_mark(b, offsetof(struct forward_config, except));
	return ok;
}

/* ---- health_check ---- */

static const struct cfc_arg health_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .dflt = "500ms",
	  CFC_AT(struct forward_config, health_check),
	  .help = "time between two checks of an upstream that failed" },
	{ .name = "FQDN",
	  .kind = CFC_NAME,
	  .arity = CFC_OPT,
	  .dflt = ".",
	  CFC_AT(struct forward_config, health_domain),
	  .help = "the name that checks ask for" },
};

static bool
health_word(struct cfc_bind *b, struct forward_config *f, const struct cfc_line *line, size_t *i)
{
	const struct cfc_token *word = &line->tokens[*i];

	if (strcmp(word->text, "no_rec") == 0) {
		f->health_no_rec = true;
		cfc_bind_mark(b, offsetof(struct forward_config, health_no_rec));
		return true;
	}
	if (strcmp(word->text, "domain") != 0) {
		cfc_error(b->c, word->span, "CF2004", "health_check: unknown option '%s'",
			  word->text);
		cfc_note(b->c, cfc_no_span(), "expected 'no_rec' or 'domain FQDN'");
		return false;
	}
	if (++*i == line->ntokens) {
		cfc_error(b->c, word->span, "CF2001", "'domain' needs the name to ask for");
		return false;
	}
	cfc_bind_mark(b, offsetof(struct forward_config, health_domain));
	if (!cfc_is_domain_name(line->tokens[*i].text, line->tokens[*i].len)) {
		cfc_error(b->c, line->tokens[*i].span, "CF2002", "'%s' is not a domain name",
			  line->tokens[*i].text);
		return false;
	}
	return cfc_bind_value(b, &health_args[1], &line->tokens[*i], &f->health_domain);
}

static bool
parse_health(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;
	bool ok;

	if (line->ntokens < 2) {
		cfc_error(b->c, line->tokens[0].span, "CF2001",
			  "'health_check' needs the time between two checks");
		cfc_note(b->c, cfc_no_span(),
			 "usage: health_check DURATION [no_rec] [domain FQDN]");
		return false;
	}
	ok = cfc_bind_value(b, &health_args[0], &line->tokens[1], &f->health_check);
	cfc_bind_mark(b, offsetof(struct forward_config, health_check));
	for (size_t i = 2; ok && i < line->ntokens; i++)
		ok = health_word(b, f, line, &i);
	return ok;
}

/* ---- tables ---- */

static const char *const policies[] = {
	[FORWARD_RANDOM] = "random",
	[FORWARD_ROUND_ROBIN] = "round_robin",
	[FORWARD_SEQUENTIAL] = "sequential",
	NULL,
};

#define DURATION_ARG(member, least, dflt_text)                                                     \
	{                                                                                          \
		.name = "DURATION", .kind = CFC_DURATION, .min = (least), .max = INT64_MAX,        \
		.dflt = (dflt_text), CFC_AT(struct forward_config, member),                        \
	}
#define COUNT_ARG(member, dflt_text)                                                               \
	{                                                                                          \
		.name = "INTEGER", .kind = CFC_UINT, .lax = CFC_LAX_MAX, .dflt = (dflt_text),      \
		CFC_AT(struct forward_config, member),                                             \
	}
/* 32 bits without a sign in CoreDNS as well. */
#define COUNT32_ARG(member, dflt_text)                                                             \
	{                                                                                          \
		.name = "INTEGER", .kind = CFC_UINT, .nosign = true, .dflt = (dflt_text),          \
		CFC_AT(struct forward_config, member),                                             \
	}
#define RCODES_ARG(member)                                                                         \
	{                                                                                          \
		.name = "RCODE", .kind = CFC_RCODES, .arity = CFC_MANY,                            \
		CFC_AT(struct forward_config, member),                                             \
	}

static const struct cfc_arg expire_args[] = { DURATION_ARG(expire, 0, "10s") };
static const struct cfc_arg max_age_args[] = { DURATION_ARG(max_age, 0, "0s") };
static const struct cfc_arg read_timeout_args[] = { DURATION_ARG(read_timeout, 1, "2s") };
static const struct cfc_arg max_idle_args[] = { COUNT_ARG(max_idle_conns, "0") };
static const struct cfc_arg max_fails_args[] = { COUNT32_ARG(max_fails, "2") };
static const struct cfc_arg attempts_args[] = { COUNT32_ARG(max_connect_attempts, "0") };
static const struct cfc_arg concurrent_args[] = { COUNT_ARG(max_concurrent, "0") };
static const struct cfc_arg next_args[] = { RCODES_ARG(next) };
static const struct cfc_arg failover_args[] = { RCODES_ARG(failover) };

static const struct cfc_arg policy_args[] = {
	{ .name = "POLICY",
	  .kind = CFC_ENUM,
	  .values = policies,
	  .dflt = "random",
	  CFC_AT(struct forward_config, policy) },
};

static const struct cfc_arg source_args[] = {
	{ .name = "IP", .kind = CFC_ADDR, CFC_AT(struct forward_config, source_address) },
};

static const struct cfc_arg resolver_args[] = {
	{ .name = "IP[:PORT]",
	  .kind = CFC_ADDRS,
	  .arity = CFC_MANY,
	  CFC_AT(struct forward_config, resolver) },
};

/* A server with these is not built: forward_check refuses them. */
static const struct cfc_arg tls_servername_args[] = {
	{ .name = "NAME", .kind = CFC_STRING, CFC_AT(struct forward_config, tls_servername) },
};
static const struct cfc_arg doh_method_args[] = {
	{ .name = "GET|POST", .kind = CFC_STRING, CFC_AT(struct forward_config, doh_method) },
};

static bool
parse_source(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;

	cfc_bind_mark(b, offsetof(struct forward_config, source_address));
	return cfc_bind_count(b, line, 1, 1) &&
	       cfc_bind_ip(b, &line->tokens[1], &f->source_address);
}

static bool
parse_resolver(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;
	bool ok = cfc_bind_count(b, line, 1, SIZE_MAX);

	cfc_bind_mark(b, offsetof(struct forward_config, resolver));
	for (size_t i = 1; ok && i < line->ntokens; i++) {
		struct addr a;

		ok = cfc_bind_host(b, &line->tokens[i], &a);
		if (ok && strchr(line->tokens[i].text, '%') != NULL) {
			cfc_error(b->c, line->tokens[i].span, "CF2002",
				  "'resolver' takes no zone of an address: '%s'",
				  line->tokens[i].text);
			ok = false;
		}
		if (ok)
			*(struct addr *)cfc_list_add(b, &f->resolver, sizeof(a)) = a;
	}
	return ok;
}

/* [CERT] [KEY] [CA] */
static bool
parse_tls(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;

	for (size_t i = 1; i < line->ntokens; i++)
		*(const char **)cfc_list_add(b, &f->tls, sizeof(char *)) = line->tokens[i].text;
	return cfc_bind_count(b, line, 0, 3) && cfc_setup_tls_line(b, line);
}

static bool
parse_method(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct forward_config *f = config;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	f->doh_method = line->tokens[1].text;
	if (strcmp(line->tokens[1].text, "GET") == 0 || strcmp(line->tokens[1].text, "POST") == 0)
		return true;
	cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' is neither GET nor POST",
		  line->tokens[1].text);
	return false;
}

static const struct cfc_option forward_options[] = {
	{ .name = "except",
	  .parse = parse_except,
	  .syntax = "IGNORED_NAMES...",
	  .repeat = CFC_REPEAT_MERGE,
	  .help = "leaves out these names and those below them" },
	{ .name = "force_tcp",
	  CFC_SETS(struct forward_config, force_tcp),
	  .repeat = CFC_REPEAT_SAME,
	  .help = "asks over TCP whatever the client used" },
	{ .name = "prefer_udp",
	  CFC_SETS(struct forward_config, prefer_udp),
	  .repeat = CFC_REPEAT_SAME,
	  .help = "asks over UDP whatever the client used, and again over TCP if that is "
		  "truncated" },
	{ .name = "expire",
	  CFC_ARGS(expire_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "closes connections and sockets that were not used for so long" },
	{ .name = "max_age",
	  CFC_ARGS(max_age_args),
	  .lax = CFC_LAX_FLAT,
	  .undocumented = true,
	  .help = "closes connections and sockets that are so old; 0: at no age" },
	{ .name = "max_idle_conns",
	  CFC_ARGS(max_idle_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "idle connections kept per upstream; 0: any number" },
	{ .name = "read_timeout",
	  CFC_ARGS(read_timeout_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "time that each upstream has to answer" },
	{ .name = "max_fails",
	  CFC_ARGS(max_fails_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "failed health checks after which an upstream is down; 0: never, and no checks" },
	{ .name = "max_connect_attempts",
	  CFC_ARGS(attempts_args),
	  .lax = CFC_LAX_FLAT,
	  CFC_SETS(struct forward_config, attempts_set),
	  .help = "tries per query; 0: any number; without: twice the number of upstreams" },
	{ .name = "tls",
	  .parse = parse_tls,
	  .syntax = "[CERT] [KEY] [CA]",
	  .help = "certificates for TLS upstreams (not in this build)" },
	{ .name = "tls_servername",
	  CFC_ARGS(tls_servername_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "name of the TLS upstreams (not in this build)" },
	{ .name = "doh_method",
	  .parse = parse_method,
	  .syntax = "GET|POST",
	  CFC_ARGS(doh_method_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "method of HTTPS upstreams (not in this build)" },
	{ .name = "policy",
	  CFC_ARGS(policy_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "order in which upstreams are asked: random, round_robin or sequential" },
	{ .name = "health_check",
	  CFC_ARGS(health_args),
	  .parse = parse_health,
	  .syntax = "DURATION [no_rec] [domain FQDN]",
	  .help = "how upstreams that failed are checked" },
	{ .name = "max_concurrent",
	  CFC_ARGS(concurrent_args),
	  .lax = CFC_LAX_FLAT,
	  .help = "queries at a time; those beyond are REFUSED; 0: any number" },
	{ .name = "next",
	  CFC_ARGS(next_args),
	  .repeat = CFC_REPEAT_MERGE,
	  .help = "asks the next forward of the server block after such an answer" },
	{ .name = "next_on_nodata",
	  CFC_SETS(struct forward_config, next_on_nodata),
	  .repeat = CFC_REPEAT_SAME,
	  .help = "asks the next forward after an empty answer" },
	{ .name = "failfast_all_unhealthy_upstreams",
	  CFC_SETS(struct forward_config, failfast),
	  .repeat = CFC_REPEAT_SAME,
	  .help = "SERVFAIL at once when all upstreams are down, instead of trying one at random" },
	{ .name = "failover",
	  CFC_ARGS(failover_args),
	  .repeat = CFC_REPEAT_MERGE,
	  .help = "asks the next upstream after such an answer" },
	{ .name = "source_address",
	  CFC_ARGS(source_args),
	  .parse = parse_source,
	  .syntax = "IP",
	  .lax = CFC_LAX_FLAT,
	  .help = "the address to ask from" },
	{ .name = "resolver",
	  CFC_ARGS(resolver_args),
	  .parse = parse_resolver,
	  .syntax = "IP[:PORT]...",
	  .help = "who is asked for host names among TO; without: as the system says" },
};

static const char *const to_kinds[] = {
	[FORWARD_TO_ADDR] = "address",
	[FORWARD_TO_ZONE] = "address with a zone",
	[FORWARD_TO_FILE] = "file like resolv.conf",
	[FORWARD_TO_NAME] = "host name",
	[FORWARD_TO_TLS] = "TLS or HTTPS",
	NULL,
};

#define TO_FIELD(member, what)                                                                     \
	.field = #member, .kind = (what), .offset = offsetof(struct forward_to, member)

static const struct cfc_field to_fields[] = {
	{ TO_FIELD(kind, CFC_ENUM), .values = to_kinds },
	{ TO_FIELD(text, CFC_STRING) },
	{ TO_FIELD(addr, CFC_ADDR) },
	{ TO_FIELD(port, CFC_UINT) },
};

/* 10.0.0.1:53, [fe80::1%eth0]:53, dns.example:53, or a path or TLS upstream as it was written. */
static void
to_text(const void *one, struct buf *out)
{
	const struct forward_to *to = one;
	char text[ADDR_TEXT_MAX];

	if (to->kind == FORWARD_TO_ADDR) {
		addr_format_port(&to->addr, text);
		buf_puts(out, text);
	} else if (to->port == 0) {
		buf_puts(out, to->text);
	} else {
		buf_printf(out, strchr(to->text, ':') != NULL ? "[%s]:%" PRIu32 : "%s:%" PRIu32,
			   to->text, to->port);
	}
}

static const struct cfc_struct to_struct = {
	.type = "struct forward_to",
	.size = sizeof(struct forward_to),
	.fields = to_fields,
	.nfields = ARRAY_SIZE(to_fields),
	.text = to_text,
};

#define FIELD(member, what)                                                                        \
	.field = #member, .kind = (what), .offset = offsetof(struct forward_config, member)

static const struct cfc_field forward_fields[] = {
	{ FIELD(from, CFC_NAME) },
	{ FIELD(to, CFC_STRUCTS), .elems = &to_struct },
	{ FIELD(except, CFC_NAMES) },
	{ FIELD(tls, CFC_STRINGS) },
	{ FIELD(health_no_rec, CFC_FLAG) },
	{ FIELD(has_next, CFC_FLAG), .comment = "another forward follows in the server block",
	  .derived = true },
};

/* ---- the whole ---- */

struct forward_memo {
	const struct cfc_directive *last; /* forward of the server block */
};

/* Another forward stands behind this one in the server block. */
static bool
has_next(struct cfc_bind *b)
{
	const struct cfc_server *tree = b->block->tree;
	struct forward_memo *memo = b->memo;

	if (memo == NULL) {
		memo = b->memo = cfc_array(b->c, 1, sizeof(*memo));
		for (size_t i = 0; i < tree->ndirectives; i++) {
			if (strcmp(tree->directives[i].name.text, b->plugin->name) == 0)
				memo->last = &tree->directives[i];
		}
	}
	return memo->last != b->directive;
}

static struct cfc_span
option_span(const struct cfc_directive *d, const char *name)
{
	const struct cfc_line *line = cfc_find_line(d, name);

	return line != NULL ? line->tokens[0].span : d->name.span;
}

static void
warn_next(struct cfc_bind *b, const char *option)
{
	cfc_warn(b->c, option_span(b->directive, option), "CF2011",
		 "option '%s' has no effect: no other 'forward' follows in this server block",
		 option);
}

static bool
check_ages(struct cfc_bind *b, const struct forward_config *f)
{
	char age[DURATION_TEXT_MAX], expire[DURATION_TEXT_MAX];

	if (f->max_age == 0 || f->max_age >= f->expire)
		return true;
	duration_format((int64_t)f->max_age, age);
	duration_format((int64_t)f->expire, expire);
	cfc_error(b->c, option_span(b->directive, "max_age"), "CF2003",
		  "max_age (%s) must not be less than expire (%s)", age, expire);
	return false;
}

static bool
check_failover(struct cfc_bind *b, const struct forward_config *f)
{
	for (unsigned i = 0; i < f->failover.n; i++) {
		if (f->failover.v[i] != DNS_RCODE_NOERROR)
			continue;
		cfc_error(b->c, option_span(b->directive, "failover"), "CF2003",
			  "NOERROR cannot be used in failover");
		return false;
	}
	return true;
}

/* Upstreams of the other family cannot be reached from the source address. */
static void
check_source(struct cfc_bind *b, const struct forward_config *f)
{
	struct cfc_span at = option_span(b->directive, "source_address");
	char text[ADDR_TEXT_MAX];

	if (f->source_address.family == ADDR_NONE)
		return;
	for (unsigned i = 0; i < f->to.n; i++) {
		if (f->to.v[i].kind != FORWARD_TO_ADDR ||
		    f->to.v[i].addr.family == f->source_address.family)
			continue;
		addr_format_port(&f->to.v[i].addr, text);
		cfc_warn(b->c, at, "CF2023",
			 "upstream '%s' cannot be asked from an address of the other family", text);
	}
}

static bool
check_tls(struct cfc_bind *b)
{
	const struct cfc_token *tok = forward_find_tls(b->directive);

	if (tok == NULL)
		return true;
	cfc_unserved(b->c, tok->span, "CF2022",
		     "this build of corefilec has no TLS or HTTPS upstreams yet: '%s'", tok->text);
	cfc_note(b->c, cfc_no_span(),
		 "forward to a local proxy that speaks TLS, or to plain DNS upstreams");
	return !b->c->building;
}

static bool
forward_check(struct cfc_bind *b, void *config)
{
	struct forward_config *f = config;
	bool ok = check_tls(b);

	f->has_next = has_next(b);
	cfc_bind_mark(b, offsetof(struct forward_config, has_next));
	if (!f->has_next && f->next.n > 0)
		warn_next(b, "next");
	if (!f->has_next && f->next_on_nodata)
		warn_next(b, "next_on_nodata");
	ok = check_ages(b, f) && ok;
	ok = check_failover(b, f) && ok;
	check_source(b, f);
	return ok;
}

/* ---- explain ---- */

static enum cfc_outcome
forward_trace(struct cfc_trace *t, const void *config)
{
	const struct forward_config *f = config;
	const struct rt_names from = { &f->from, 1 };
	struct buf all;

	if (!cfc_query_below(&t->query, &from)) {
		cfc_trace_say(t, "passes it on: not below %s", f->from.text);
		return CFC_OUTCOME_PASSES;
	}
	for (unsigned i = 0; i < f->except.n; i++) {
		const struct rt_names except = { &f->except.v[i], 1 };
		if (!cfc_query_below(&t->query, &except))
			continue;
		cfc_trace_say(t, "passes it on: except %s", f->except.v[i].text);
		return CFC_OUTCOME_PASSES;
	}
	buf_init(&all, TOS_TEXT_MAX);
	for (unsigned i = 0; i < f->to.n; i++) {
		buf_puts(&all, i > 0 ? ", " : "");
		to_text(&f->to.v[i], &all);
	}
	if (f->to.n > 1)
		cfc_trace_say(t, "asks %s (%s)", buf_cstr(&all), policies[f->policy]);
	else
		cfc_trace_say(t, "asks %s", buf_cstr(&all));
	buf_release(&all);
	if (!f->has_next || (f->next.n == 0 && !f->next_on_nodata))
		return CFC_OUTCOME_ASKS;
	cfc_trace_say(t, "the next forward is asked after some of their answers");
	return CFC_OUTCOME_MAY_END;
}

const struct cfc_plugin forward_plugin = {
	.name = "forward",
	.summary = "asks other name servers",
	CFC_CONFIG(forward_config),
	.directive = { .parse = forward_parse_directive, .syntax = "FROM TO..." },
	CFC_OPTIONS(forward_options),
	CFC_FIELDS(forward_fields),
	.repeat = CFC_REPEAT_EACH,
	.hooks = CFC_SERVE | CFC_START | CFC_WORKER | CFC_RELOAD,
	.traits = CFC_ANSWERS | CFC_ANY_CLASS | CFC_RECURSIVE | CFC_HANDLER,
	.check = forward_check,
	.trace = forward_trace,
};
