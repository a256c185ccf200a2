/*
 * cache_setup.c - compile time: the cache directive's tables, and what no table can say.
 */
#include "config.h"

#include "cache/cache.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "cache/store.h"
#include "compiler/diag.h"
#include "compiler/fix.h"
#include "compiler/plugin.h"
#include "compiler/trace.h"
#include "dns/types.h"

#define TTL_MAX       INT32_MAX
#define FIVE_MINUTES  (INT64_C(300) * CLOCK_NS_PER_S)
#define SUCCESS(name) CFC_AT(struct cache_config, success.name)
#define DENIAL(name)  CFC_AT(struct cache_config, denial.name)

static const struct cfc_arg directive_args[] = {
	{ .name = "TTL",
	  .kind = CFC_SECONDS,
	  .arity = CFC_IF,
	  .min = 1,
	  .max = TTL_MAX,
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct cache_config, ttl),
	  .help = "highest TTL, for both halves" },
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct cache_config, zones),
	  .help = "what to cache, by default the zones of the server block" },
};

static const struct cfc_arg success_args[] = {
	{ .name = "CAPACITY",
	  .kind = CFC_UINT,
	  .max = CACHE_CAPACITY_MAX,
	  .lax = CFC_LAX_MIN | CFC_LAX_MAX,
	  .dflt = "10000",
	  SUCCESS(capacity),
	  .help = "most answers that are kept" },
	{ .name = "TTL",
	  .kind = CFC_SECONDS,
	  .arity = CFC_OPT,
	  .min = 1,
	  .max = TTL_MAX,
	  .lax = CFC_LAX_MAX,
	  .dflt = "3600",
	  SUCCESS(ttl),
	  .help = "highest TTL" },
	{ .name = "MINTTL",
	  .kind = CFC_SECONDS,
	  .arity = CFC_OPT,
	  .max = TTL_MAX,
	  .lax = CFC_LAX_MAX,
	  .dflt = "5",
	  SUCCESS(min_ttl),
	  .help = "lowest TTL" },
};

static const struct cfc_arg denial_args[] = {
	{ .name = "CAPACITY",
	  .kind = CFC_UINT,
	  .max = CACHE_CAPACITY_MAX,
	  .lax = CFC_LAX_MIN | CFC_LAX_MAX,
	  .dflt = "10000",
	  DENIAL(capacity),
	  .help = "most denials that are kept" },
	{ .name = "TTL",
	  .kind = CFC_SECONDS,
	  .arity = CFC_OPT,
	  .min = 1,
	  .max = TTL_MAX,
	  .lax = CFC_LAX_MAX,
	  .dflt = "1800",
	  DENIAL(ttl),
	  .help = "highest TTL" },
	{ .name = "MINTTL",
	  .kind = CFC_SECONDS,
	  .arity = CFC_OPT,
	  .max = TTL_MAX,
	  .lax = CFC_LAX_MAX,
	  .dflt = "5",
	  DENIAL(min_ttl),
	  .help = "lowest TTL" },
};

static const struct cfc_arg prefetch_args[] = {
	{ .name = "AMOUNT",
	  .kind = CFC_UINT,
	  .max = INT32_MAX,
	  .lax = CFC_LAX_MAX,
	  .dflt = "0",
	  CFC_AT(struct cache_config, prefetch),
	  .help = "uses that make a name popular" },
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .arity = CFC_OPT,
	  .lax = CFC_LAX_MIN,
	  .dflt = "1m",
	  CFC_AT(struct cache_config, prefetch_gap),
	  .help = "longest gap between them" },
	{ .name = "PERCENTAGE",
	  .kind = CFC_PERCENT,
	  .arity = CFC_OPT,
	  .min = 10,
	  .max = 90,
	  .dflt = "10%",
	  CFC_AT(struct cache_config, prefetch_percent),
	  .help = "of the TTL that are left" },
};

static const struct cfc_arg servfail_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .max = FIVE_MINUTES,
	  .dflt = "5s",
	  CFC_AT(struct cache_config, servfail),
	  .help = "0: not at all; at most 5m" },
};

/* ---- serve_stale ---- */

/* Its arguments one by one: what they mean depends on the mode. */
static const struct cfc_arg stale_for_arg = {
	.name = "DURATION",
	.kind = CFC_DURATION,
};
static const struct cfc_arg verify_timeout_arg = {
	.name = "VERIFY_TIMEOUT",
	.kind = CFC_DURATION,
};
static const struct cfc_arg stale_ttl_arg = {
	.name = "RESPONSE_TTL",
	.kind = CFC_DURATION,
	.max = INT64_C(4294967295) * CLOCK_NS_PER_S,
};
static const struct cfc_arg recheck_arg = {
	.name = "FAILURE_RECHECK",
	.kind = CFC_DURATION,
	.max = FIVE_MINUTES,
};

static bool
bind_mode(struct cfc_bind *b, const struct cfc_token *tok, bool *verify)
{
	*verify = strcasecmp(tok->text, "verify") == 0;
	if (*verify || strcasecmp(tok->text, "immediate") == 0)
		return true;
	cfc_error(b->c, tok->span, "CF2002", "'%s' is no mode of serve_stale", tok->text);
	cfc_note(b->c, cfc_no_span(), "expected immediate or verify");
	return false;
}

static bool
bind_stale_ttl(struct cfc_bind *b, const struct cfc_token *tok, uint64_t *ttl)
{
	if (!cfc_bind_value(b, &stale_ttl_arg, tok, ttl))
		return false;
	if (*ttl % (uint64_t)CLOCK_NS_PER_S == 0)
		return true;
	cfc_error(b->c, tok->span, "CF2003", "RESPONSE_TTL '%s' is not a whole number of seconds",
		  tok->text);
	return false;
}

/* For the comments in the C text: these are no defaults. */
static void
mark_stale(struct cfc_bind *b)
{
	cfc_bind_mark(b, offsetof(struct cache_config, serve_stale));
	cfc_bind_mark(b, offsetof(struct cache_config, stale_for));
	cfc_bind_mark(b, offsetof(struct cache_config, stale_verify));
	cfc_bind_mark(b, offsetof(struct cache_config, verify_timeout));
	cfc_bind_mark(b, offsetof(struct cache_config, stale_ttl));
	cfc_bind_mark(b, offsetof(struct cache_config, stale_recheck));
}

static bool
parse_serve_stale(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct cache_config *c = config;
	const struct cfc_token *tok = line->tokens + 1;
	size_t n = line->ntokens - 1;
	size_t at = 2;
	bool ok = true;

	c->serve_stale = true;
	c->stale_for = UINT64_C(3600) * (uint64_t)CLOCK_NS_PER_S;
	c->stale_verify = false;
	c->verify_timeout = c->stale_ttl = c->stale_recheck = 0;
	mark_stale(b);
	if (n > 0)
		ok = cfc_bind_value(b, &stale_for_arg, &tok[0], &c->stale_for);
	if (n > 1 && !bind_mode(b, &tok[1], &c->stale_verify))
		return false;
	if (c->stale_verify && n > at)
		ok = cfc_bind_value(b, &verify_timeout_arg, &tok[at++], &c->verify_timeout) && ok;
	if (n > at)
		ok = bind_stale_ttl(b, &tok[at++], &c->stale_ttl) && ok;
	if (n > at)
		ok = cfc_bind_value(b, &recheck_arg, &tok[at++], &c->stale_recheck) && ok;
	if (n > at) {
		cfc_error(b->c, tok[at].span, "CF2001", "unexpected argument '%s'", tok[at].text);
		return false;
	}
	return ok;
}

static bool
parse_policy(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct cache_config *c = config;

	if (line->ntokens != 2) {
		cfc_error(b->c, line->tokens[0].span, "CF2001", "'%s' needs 1 argument and has %zu",
			  line->tokens[0].text, line->ntokens - 1);
		return false;
	}
	if (strcasecmp(line->tokens[1].text, "prefer_positive") != 0) {
		cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' is no policy of serve_stale",
			  line->tokens[1].text);
		cfc_note(b->c, cfc_no_span(), "expected prefer_positive");
		return false;
	}
	c->prefer_positive = true;
	cfc_bind_mark(b, offsetof(struct cache_config, prefer_positive));
	return true;
}

/* ---- disable ---- */

static bool
parse_disable(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	static const struct cfc_arg zones_arg = { .name = "ZONES",
						  .kind = CFC_NAMES,
						  .lax = CFC_LAX_KIND };
	static const struct cfc_token root = { .text = ".", .len = 1 };
	struct cache_config *c = config;
	struct rt_names *names;
	bool ok = true;

	if (line->ntokens < 2) {
		cfc_error(b->c, line->tokens[0].span, "CF2001",
			  "'disable' needs to be told what: success or denial");
		return false;
	}
	if (strcmp(line->tokens[1].text, "success") == 0) {
		names = &c->no_success;
	} else if (strcmp(line->tokens[1].text, "denial") == 0) {
		names = &c->no_denial;
	} else {
		cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' cannot be disabled",
			  line->tokens[1].text);
		cfc_note(b->c, cfc_no_span(), "expected success or denial");
		return false;
	}
	if (names->n > 0) {
		cfc_warn(b->c, line->tokens[0].span, "CF2010",
			 "'disable %s' is given twice, this one replaces the first",
			 line->tokens[1].text);
		*names = (struct rt_names){ 0 };
	}
	for (size_t i = 2; i < line->ntokens; i++)
		ok = cfc_bind_value(b, &zones_arg, &line->tokens[i], names) && ok;
	if (line->ntokens == 2)
		ok = cfc_bind_value(b, &zones_arg, &root, names);
	cfc_bind_mark(b, names == &c->no_success ? offsetof(struct cache_config, no_success)
						 : offsetof(struct cache_config, no_denial));
	return ok;
}

/* ---- the whole ---- */

static const struct cfc_option cache_options[] = {
	{ .name = "success",
	  CFC_ARGS(success_args),
	  .lax = CFC_LAX_MORE,
	  .help = "bounds of the answers that are kept" },
	{ .name = "denial",
	  CFC_ARGS(denial_args),
	  .lax = CFC_LAX_MORE,
	  .help = "bounds of the denials that are kept" },
	{ .name = "prefetch",
	  CFC_ARGS(prefetch_args),
	  .help = "renews popular names before their TTL is over" },
	{ .name = "serve_stale",
	  .parse = parse_serve_stale,
	  .syntax = "[DURATION [immediate [RESPONSE_TTL [FAILURE_RECHECK]] | verify "
		    "[VERIFY_TIMEOUT [RESPONSE_TTL [FAILURE_RECHECK]]]]]",
	  .help = "gives answers whose TTL is over when there are no others" },
	{ .name = "serve_stale_policy",
	  .parse = parse_policy,
	  .repeat = CFC_REPEAT_ERROR,
	  .needs = "serve_stale",
	  .syntax = "prefer_positive",
	  .help = "prefers a good stale answer to a denial" },
	{ .name = "servfail", CFC_ARGS(servfail_args), .help = "how long SERVFAIL is kept" },
	{ .name = "disable",
	  .parse = parse_disable,
	  .repeat = CFC_REPEAT_MERGE,
	  .syntax = "success|denial [ZONES...]",
	  .help = "keeps none of this kind" },
	{ .name = "keepttl",
	  CFC_SETS(struct cache_config, keep_ttl),
	  .repeat = CFC_REPEAT_SAME,
	  .help = "does not count TTLs down" },
};

static const struct cfc_field cache_fields[] = {
	{ .kind = CFC_FLAG,
	  CFC_AT(struct cache_config, every_zone),
	  .comment = "the zones are the server block's" },
	{ .kind = CFC_FLAG, CFC_AT(struct cache_config, serve_stale) },
	{ .kind = CFC_DURATION, CFC_AT(struct cache_config, stale_for) },
	{ .kind = CFC_FLAG, CFC_AT(struct cache_config, stale_verify) },
	{ .kind = CFC_DURATION, CFC_AT(struct cache_config, verify_timeout) },
	{ .kind = CFC_DURATION, CFC_AT(struct cache_config, stale_ttl) },
	{ .kind = CFC_DURATION, CFC_AT(struct cache_config, stale_recheck) },
	{ .kind = CFC_FLAG, CFC_AT(struct cache_config, prefer_positive) },
	{ .kind = CFC_NAMES, CFC_AT(struct cache_config, no_success) },
	{ .kind = CFC_NAMES, CFC_AT(struct cache_config, no_denial) },
};

/* The nth word of the last line of this option, or of the directive if there is none. */
static struct cfc_span
span_of(const struct cfc_bind *b, const char *option, size_t n)
{
	struct cfc_span span = b->directive->name.span;

	for (size_t i = 0; i < b->directive->nlines; i++) {
		const struct cfc_line *line = &b->directive->lines[i];

		if (strcmp(line->tokens[0].text, option) == 0 && line->ntokens > n)
			span = line->tokens[n].span;
	}
	return span;
}

static void
judge_half(struct cfc_bind *b, const char *option, const struct cache_half_config *half,
	   size_t capacity_offset, size_t min_offset)
{
	uint32_t capacity = cache_capacity(half->capacity);

	if (cfc_bind_was_set(b, min_offset) && half->min_ttl > half->ttl) {
		cfc_warn(b->c, span_of(b, option, 3), "CF2016",
			 "lowest TTL %u of '%s' is above the highest, %u", half->min_ttl, option,
			 half->ttl);
		cfc_note(b->c, cfc_no_span(), "every TTL will be %u", half->ttl);
	}
	if (!cfc_bind_was_set(b, capacity_offset) || capacity == half->capacity)
		return;
	if (half->capacity < CACHE_CAPACITY_MIN)
		cfc_warn(b->c, span_of(b, option, 1), "CF2016",
			 "capacity %u of '%s' is below the minimum and becomes %u", half->capacity,
			 option, capacity);
	else
		cfc_info(b->c, span_of(b, option, 1), "CF2016",
			 "capacity %u of '%s' is rounded down to %u, a multiple of %u",
			 half->capacity, option, capacity, CACHE_CAPACITY_STEP);
	cfc_fix_replace(b->c, cfc_printf(b->c, "write %u", capacity), span_of(b, option, 1),
			cfc_printf(b->c, "%u", capacity));
}

static void
judge_windows(struct cfc_bind *b, const struct cache_config *c)
{
	const uint64_t second = (uint64_t)CLOCK_NS_PER_S;

	if (c->serve_stale && c->stale_for < second)
		cfc_warn(b->c, span_of(b, "serve_stale", 1), "CF2016",
			 "no answer is ever stale for less than a second: serve_stale has no "
			 "effect");
	if (c->servfail > 0 && c->servfail < second)
		cfc_warn(b->c, span_of(b, "servfail", 1), "CF2016",
			 "TTLs are whole seconds: SERVFAIL will not be kept");
	if (c->prefetch > 1 && c->prefetch_gap < (uint64_t)CLOCK_NS_PER_MS)
		cfc_warn(b->c, span_of(b, "prefetch", 2), "CF2016",
			 "no two queries are so close: prefetch has no effect");
}

/* The directive's TTL is for the halves that have none of their own. */
static void
inherit_ttl(struct cfc_bind *b, uint32_t ttl, struct cache_half_config *half, size_t offset)
{
	if (cfc_bind_was_set(b, offset))
		return;
	half->ttl = ttl;
	cfc_bind_mark(b, offset);
}

static bool
cache_check(struct cfc_bind *b, void *config)
{
	struct cache_config *c = config;

	if (c->ttl != 0) {
		inherit_ttl(b, c->ttl, &c->success, offsetof(struct cache_config, success.ttl));
		inherit_ttl(b, c->ttl, &c->denial, offsetof(struct cache_config, denial.ttl));
	}
	c->every_zone = !cfc_bind_was_set(b, offsetof(struct cache_config, zones));
	judge_half(b, "success", &c->success, offsetof(struct cache_config, success.capacity),
		   offsetof(struct cache_config, success.min_ttl));
	judge_half(b, "denial", &c->denial, offsetof(struct cache_config, denial.capacity),
		   offsetof(struct cache_config, denial.min_ttl));
	judge_windows(b, c);
	return true;
}

/* ---- explain ---- */

static enum cfc_outcome
cache_trace(struct cfc_trace *t, const void *config)
{
	const struct cache_config *cache = config;
	char type[DNS_TYPES_TEXT_MAX];

	if (!cfc_query_below(&t->query, &cache->zones)) {
		cfc_trace_say(t, "passes it on: not one of its zones");
		return CFC_OUTCOME_PASSES;
	}
	dns_type_format(t->query.type, type);
	cfc_trace_say(t, "answers it if it has '%s %s' for the same DO and CD bits",
		      t->query.name.text, type);
	if (cfc_query_below(&t->query, &cache->no_success))
		cfc_trace_say(t, "keeps no answers of it");
	else
		cfc_trace_say(t, "keeps answers up to %u s", cache->success.ttl);
	if (cfc_query_below(&t->query, &cache->no_denial))
		cfc_trace_say(t, "keeps no denials of it");
	else
		cfc_trace_say(t, "denials up to %u s", cache->denial.ttl);
	return CFC_OUTCOME_PASSES;
}

const struct cfc_plugin cache_plugin = {
	.name = "cache",
	.summary = "keeps replies and gives them again",
	CFC_CONFIG(cache_config),
	.directive = { CFC_ARGS(directive_args) },
	CFC_OPTIONS(cache_options),
	CFC_FIELDS(cache_fields),
	.repeat = CFC_REPEAT_ERROR,
	.hooks = CFC_SERVE | CFC_REPLY | CFC_PREFETCH | CFC_START | CFC_WORKER,
	.traits = CFC_HANDLER,
	.check = cache_check,
	.trace = cache_trace,
};
