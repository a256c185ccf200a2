/*
 * template_setup.c - compile time: what `template` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/bind/expression.h"
#include "compiler/bind/gotemplate.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/regexp.h"
#include "dns/name.h"
#include "compiler/bind/regexp_match.h"
#include "compiler/trace.h"
#include "dns/types.h"
#include "dns/zonefile.h"

struct template_config {
	uint32_t ede_code;
	const char *ede_text;
	struct rt_fallthrough fallthrough;
	uint32_t class;
	uint32_t type;
	struct rt_names zones;      /* none: those of the server block */
	struct rt_strings patterns; /* PCRE2 */
	struct rt_strings expressions;
	struct rt_strings answer;
	struct rt_strings additional;
	struct rt_strings authority;
	const struct cfc_expr_name *names; /* variables, and group() */
	struct rt_strings groups;
	struct rt_strings vars;
	uint32_t rcode;
};

static const struct cfc_arg zone_arg = { .name = "ZONES",
					 .kind = CFC_NAMES,
					 CFC_AT(struct template_config, zones) };

static void
add_string(struct cfc_bind *b, struct rt_strings *list, const char *text)
{
	*(const char **)cfc_list_add(b, list, sizeof(char *)) = text;
}

static void
template_init(struct cfc_bind *b, void *config)
{
	struct template_config *t = config;
	struct cfc_expr_name *group = cfc_array(b->c, 1, sizeof(*group));

	group->name = "group";
	group->type = CFC_EXPR_STRING;
	group->function = true;
	t->names = group;
	add_string(b, &t->groups, "0");
}

static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct template_config *t = config;
	const struct cfc_token *tok = line->tokens;
	uint16_t code = 0;
	bool ok = true;

	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	if (dns_class_parse(&code, tok[1].text, tok[1].len) != 0 ||
	    !cfc_bind_mnemonic(b, &tok[1])) {
		cfc_error(b->c, tok[1].span, "CF2002", "'%s' is not a class such as IN",
			  tok[1].text);
		ok = false;
	}
	t->class = code;
	if (dns_type_parse(&code, tok[2].text, tok[2].len) != 0 || !cfc_bind_mnemonic(b, &tok[2])) {
		cfc_error(b->c, tok[2].span, "CF2002", "'%s' is not a record type such as AAAA",
			  tok[2].text);
		ok = false;
	}
	t->type = code;
	for (size_t i = 3; i < line->ntokens; i++)
		ok = cfc_bind_value(b, &zone_arg, &tok[i], &t->zones) && ok;
	return ok;
}

/* ---- match ---- */

/* Names of groups, for .Group.NAME, and their numbers. */
static void
add_groups(struct cfc_bind *b, struct template_config *t, const char *pattern)
{
	unsigned n = cfc_regexp_groups(pattern);

	for (unsigned i = 1; i <= n; i++)
		add_string(b, &t->groups, cfc_printf(b->c, "%u", i));
	for (const char *p = strchr(pattern, '('); p != NULL; p = strchr(p + 1, '(')) {
		size_t skip = strncmp(p, "(?P<", 4) == 0 ? 4 : strncmp(p, "(?<", 3) == 0 ? 3 : 0;
		const char *end = skip > 0 ? strchr(p, '>') : NULL;

		if (end != NULL)
			add_string(b, &t->groups,
				   cfc_printf(b->c, "%.*s", (int)(end - p - (long)skip), p + skip));
	}
}

static bool
parse_match(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct template_config *t = config;
	bool ok = cfc_bind_count(b, line, 1, SIZE_MAX);

	for (size_t i = 1; i < line->ntokens && ok; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		const char *pcre;

		ok = cfc_regexp(b->c, tok->span, tok->text, tok->len, &pcre);
		if (!ok)
			break;
		cfc_regexp_judge(b->c, tok);
		add_string(b, &t->patterns, pcre);
		add_groups(b, t, tok->text);
	}
	return ok;
}

/* ---- var and expr ---- */

static bool
parse_var(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	struct template_config *t = config;
	const struct cfc_token *name = &line->tokens[1];
	struct cfc_expression e;

	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	bool digit = name->text[0] >= '0' && name->text[0] <= '9';
	if (name->len == 0 || digit || strspn(name->text, letters) != name->len) {
		cfc_error(b->c, name->span, "CF2002", "'%s' is not the name of a variable",
			  name->text);
		return false;
	}
	for (const struct cfc_expr_name *n = t->names; n != NULL; n = n->next) {
		if (strcmp(n->name, name->text) != 0)
			continue;
		cfc_error(b->c, name->span, "CF2010", "variable '%s' is given twice", name->text);
		return false;
	}
	if (!cfc_expr_is_free(name->text)) {
		cfc_error(b->c, name->span, "CF2002",
			  "'%s' cannot be a variable: it means something else", name->text);
		return false;
	}
	if (!cfc_expression(b->c, line, 2, t->names, &e))
		return false;
	struct cfc_expr_name *var = cfc_array(b->c, 1, sizeof(*var));
	var->name = name->text;
	var->type = e.type == CFC_EXPR_NIL ? CFC_EXPR_ANY : e.type;
	var->next = t->names;
	t->names = var;
	add_string(b, &t->vars, name->text);
	return true;
}

static bool
parse_expr(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct template_config *t = config;
	struct cfc_expression e;

	if (!cfc_bind_count(b, line, 1, SIZE_MAX) || !cfc_expression(b->c, line, 1, t->names, &e))
		return false;
	if (e.type != CFC_EXPR_BOOL && e.type != CFC_EXPR_ANY)
		cfc_warn(b->c, line->tokens[1].span, "CF2030",
			 "the expression is neither true nor false: it fails for every query");
	add_string(b, &t->expressions, line->tokens[1].text);
	return true;
}

/* ---- records ---- */

/* Checked at the end, when the groups and variables are known. */
static bool
parse_records(struct cfc_bind *b, struct rt_strings *list, const struct cfc_line *line)
{
	if (!cfc_bind_count(b, line, 1, SIZE_MAX))
		return false;
	for (size_t i = 1; i < line->ntokens; i++)
		add_string(b, list, line->tokens[i].text);
	return true;
}

static bool
parse_answer(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return parse_records(b, &((struct template_config *)config)->answer, line);
}

static bool
parse_additional(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return parse_records(b, &((struct template_config *)config)->additional, line);
}

static bool
parse_authority(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return parse_records(b, &((struct template_config *)config)->authority, line);
}

static bool
is_section(const char *name)
{
	return strcmp(name, "answer") == 0 || strcmp(name, "additional") == 0 ||
	       strcmp(name, "authority") == 0;
}

static bool
count_record(void *user, const struct dns_zonefile_rr *rr)
{
	(void)rr;
	++*(unsigned *)user;
	return true;
}

/* A text without actions is the same record for every query. */
static bool
check_constant(struct cfc_bind *b, const struct cfc_token *tok)
{
	unsigned n = 0;
	struct dns_zonefile_options options = { .default_ttl = 3600,
						.has_default_ttl = true,
						.no_include = true,
						.rr = count_record,
						.user = &n };
	struct dns_zonefile_error error;

	if (strstr(tok->text, "{{") != NULL)
		return true;
	int rc = dns_zonefile_parse(tok->text, tok->len, "template", &options, &error);
	if (rc == 0 && n > 0)
		return true;
	bool go_on = cfc_stricter(b->c, tok->span, "CF2017", "'%s' is no record", tok->text);
	if (rc != 0)
		cfc_note(b->c, cfc_no_span(), "%s", error.text);
	return go_on;
}

static bool
check_text(struct cfc_bind *b, const struct cfc_token *tok, const struct cfc_gotemplate *known)
{
	return cfc_gotemplate(b->c, tok, known) && check_constant(b, tok);
}

static bool
covers_code(uint32_t wide, uint32_t narrow, uint32_t any)
{
	return wide == any || wide == narrow;
}

static bool
covers_zones(struct cfc_bind *b, const struct template_config *wide,
	     const struct template_config *narrow)
{
	const struct rt_names *outer = wide->zones.n > 0 ? &wide->zones : &b->block->zones;
	const struct rt_names *inner = narrow->zones.n > 0 ? &narrow->zones : &b->block->zones;

	if (inner == outer) /* both are for the whole block */
		return true;
	for (unsigned i = 0; i < inner->n; i++) {
		bool found = false;

		for (unsigned j = 0; j < outer->n; j++)
			found = found || dns_name_is_subdomain(inner->v[i].wire, outer->v[j].wire);
		if (!found)
			return false;
	}
	return true;
}

/*
 * An earlier template for the same queries answers them, or fails, unless it falls through; and without a
 * pattern or expression there is nothing at which it could.
 */
static void
warn_hidden(struct cfc_bind *b, const struct template_config *t)
{
	const struct cfc_instance *in = b->block->instances;

	for (; in != NULL && in != b->instance; in = in->next) {
		const struct template_config *e = in->config;

		if (in->plugin != b->plugin || !covers_code(e->class, t->class, DNS_CLASS_ANY) ||
		    !covers_code(e->type, t->type, DNS_TYPE_ANY) ||
		    (e->fallthrough.enabled && e->patterns.n + e->expressions.n > 0) ||
		    !covers_zones(b, e, t))
			continue;
		cfc_warn(
			b->c, b->directive->name.span, "CF3003",
			"this 'template' is never used: an earlier one takes all queries that it is "
			"for");
		cfc_note(b->c, in->directive->name.span, "the earlier one%s",
			 e->patterns.n > 0 ? "; 'fallthrough' passes on what does not match" : "");
		return;
	}
}

static bool
template_check(struct cfc_bind *b, void *config)
{
	struct template_config *t = config;
	const struct cfc_directive *d = b->directive;
	bool ok = true;

	add_string(b, &t->groups, NULL);
	add_string(b, &t->vars, NULL);
	struct cfc_gotemplate known = { .groups = t->groups.v, .vars = t->vars.v };
	for (size_t i = 0; i < d->nlines; i++) {
		for (size_t j = 1;
		     is_section(d->lines[i].tokens[0].text) && j < d->lines[i].ntokens; j++)
			ok = check_text(b, &d->lines[i].tokens[j], &known) && ok;
	}
	warn_hidden(b, t);
	return ok;
}

static const struct cfc_arg rcode_arg = { .name = "RCODE", .kind = CFC_RCODES };

/* CoreDNS compares letters as they stand, here and nowhere else. */
static bool
check_case(struct cfc_bind *b, const struct cfc_token *tok)
{
	if (strpbrk(tok->text, "abcdefghijklmnopqrstuvwxyz") == NULL)
		return true;
	bool go_on = cfc_laxer(b->c, tok->span, "CF2002", "CoreDNS knows no rcode '%s'", tok->text);
	cfc_note(b->c, cfc_no_span(), "'rcode' of 'template' wants capitals");
	return go_on;
}

static bool
parse_rcode(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct template_config *t = config;
	struct rt_codes codes = { NULL, 0 };

	if (!cfc_bind_count(b, line, 1, 1) || !check_case(b, &line->tokens[1]) ||
	    !cfc_bind_value(b, &rcode_arg, &line->tokens[1], &codes))
		return false;
	t->rcode = codes.v[0];
	return true;
}

static const struct cfc_arg ederror_args[] = {
	{ .name = "CODE",
	  .kind = CFC_UINT,
	  .nosign = true,
	  .max = 65535,
	  CFC_AT(struct template_config, ede_code) },
	{ .name = "TEXT",
	  .kind = CFC_STRING,
	  .arity = CFC_OPT,
	  CFC_AT(struct template_config, ede_text) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct template_config, fallthrough),
	  .help = "only for names in these zones" },
};

static const struct cfc_option template_options[] = {
	{ .name = "match",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_match,
	  .syntax = "REGEXP...",
	  .help = "only names that one of these regular expressions matches" },
	{ .name = "var",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_var,
	  .syntax = "NAME EXPRESSION",
	  .help = "calls the value of an expression NAME" },
	{ .name = "expr",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_expr,
	  .syntax = "EXPRESSION",
	  .help = "only queries for which this is true" },
	{ .name = "answer",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_answer,
	  .syntax = "RECORD...",
	  .help = "records of the answer" },
	{ .name = "additional",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_additional,
	  .syntax = "RECORD...",
	  .help = "records of the additional section" },
	{ .name = "authority",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_authority,
	  .syntax = "RECORD...",
	  .help = "records of the authority section" },
	{ .name = "rcode",
	  .repeat = CFC_REPEAT_LAST,
	  .parse = parse_rcode,
	  .syntax = "RCODE",
	  .help = "the rcode of the answer, NOERROR when left out" },
	{ .name = "ederror",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(ederror_args),
	  .help = "an extended error (RFC 8914) in the answer" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes queries that nothing here matches to the next plugin" },
	{ .name = "upstream", .ignored = true, .help = "had a meaning in old versions of CoreDNS" },
};

static const struct cfc_field template_fields[] = {
	{ .field = "class", .kind = CFC_UINT, .offset = offsetof(struct template_config, class) },
	{ .field = "type", .kind = CFC_UINT, .offset = offsetof(struct template_config, type) },
	{ .field = "zones", .kind = CFC_NAMES, .offset = offsetof(struct template_config, zones) },
	{ .field = "patterns",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct template_config, patterns) },
	{ .field = "answer",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct template_config, answer) },
	{ .field = "additional",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct template_config, additional) },
	{ .field = "authority",
	  .kind = CFC_STRINGS,
	  .offset = offsetof(struct template_config, authority) },
	{ .field = "rcode", .kind = CFC_UINT, .offset = offsetof(struct template_config, rcode) },
};

/* ---- explain ---- */

static enum cfc_outcome
template_trace(struct cfc_trace *t, const void *config)
{
	const struct template_config *template = config;
	enum cfc_tri matches = CFC_NO;

	if (template->zones.n > 0 && !cfc_query_below(&t->query, &template->zones)) {
		cfc_trace_say(t, "passes it on: not one of its zones");
		return CFC_OUTCOME_PASSES;
	}
	if ((template->type != DNS_TYPE_ANY && template->type != t->query.type) ||
	    (template->class != DNS_CLASS_ANY && template->class != t->query.qclass)) {
		cfc_trace_say(t, "passes it on: not of its class and type");
		return CFC_OUTCOME_PASSES;
	}
	for (unsigned i = 0; i < template->patterns.n && matches != CFC_YES; i++) {
		enum cfc_tri one = cfc_regexp_match_pcre(t->c, template->patterns.v[i],
							 t->query.name.text, NULL);
		matches = one == CFC_NO ? matches : one;
	}
	if (template->patterns.n == 0)
		matches = CFC_YES; /* as if it said `match .*` */
	if (template->expressions.n > 0 && matches == CFC_YES)
		matches = CFC_MAYBE;
	bool falls = cfc_query_falls(&t->query, &template->fallthrough);
	const char *otherwise = falls ? "passes it on (fallthrough)" : "SERVFAIL";
	if (matches == CFC_YES)
		cfc_trace_say(t, "answers it: the name matches");
	else if (matches == CFC_MAYBE)
		cfc_trace_say(t, "answers it if its expressions are true, otherwise %s", otherwise);
	else
		cfc_trace_say(t, "the name does not match: %s", otherwise);
	if (matches == CFC_NO)
		return falls ? CFC_OUTCOME_PASSES : CFC_OUTCOME_ENDS;
	return matches == CFC_MAYBE && falls ? CFC_OUTCOME_MAY_END : CFC_OUTCOME_ANSWERS;
}

const struct cfc_plugin template_plugin = {
	.name = "template",
	.summary = "makes answers from templates",
	CFC_CONFIG(template_config),
	.directive = { .parse = parse_directive, .syntax = "CLASS TYPE [ZONES...]" },
	CFC_OPTIONS(template_options),
	CFC_FIELDS(template_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
	.init = template_init,
	.check = template_check,
	.trace = template_trace,
};
