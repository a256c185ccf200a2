/*
 * rewrite_setup.c - compile time: the rules of `rewrite`.  There is no run-time half yet.
 *
 *	rewrite [continue|stop] FIELD ...	on the line, or the same words in a block
 *
 * Each kind of rule has a function in the table below, called with the words after FIELD.
 */
#include "config.h"

#include "rewrite/rewrite_setup.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/num.h"
#include "compiler/bind/regexp.h"
#include "compiler/fix.h"
#include "compiler/suggest.h"
#include "dns/types.h"

/* What is left of a rule's words. */
struct words {
	struct cfc_bind *b;
	const struct cfc_token *field; /* for faults about what is missing */
	const struct cfc_token *v;
	size_t n;
};

const char *const rewrite_matches[] = { "exact", "prefix", "suffix", "substring", "regex", NULL };

static bool
is_word(const struct cfc_token *tok, const char *word)
{
	return strcasecmp(tok->text, word) == 0;
}

/* The index of the token's word in a list that ends in NULL; -1: it is none of them. */
static int
find_word(const struct cfc_token *tok, const char *const *list)
{
	for (int i = 0; list[i] != NULL; i++) {
		if (is_word(tok, list[i]))
			return i;
	}
	return -1;
}

static bool
unknown_word(struct words *w, const struct cfc_token *tok, const char *what,
	     const char *const *list)
{
	size_t n = 0;
	const char *all = "";

	cfc_error(w->b->c, tok->span, "CF2002", "unknown %s '%s'", what, tok->text);
	for (; list[n] != NULL; n++)
		all = cfc_printf(w->b->c, "%s%s%s", all,
				 n == 0                ? ""
				 : list[n + 1] == NULL ? " or "
						       : ", ",
				 list[n]);
	const char *near = cfc_suggest(tok->text, list, n);
	if (near != NULL)
		cfc_note(w->b->c, tok->span, "did you mean '%s'?", near);
	cfc_note(w->b->c, cfc_no_span(), "expected %s", all);
	return false;
}

static bool
want_words(struct words *w, size_t least, size_t most, const char *usage)
{
	if (w->n >= least && w->n <= most)
		return true;
	if (w->n < least)
		cfc_error(w->b->c, w->field->span, "CF2001", "the '%s' rule needs more words",
			  w->field->text);
	else
		cfc_error(w->b->c, w->v[most].span, "CF2001", "the '%s' rule ends before '%s'",
			  w->field->text, w->v[most].text);
	cfc_note(w->b->c, cfc_no_span(), "usage: rewrite [continue|stop] %s", usage);
	return false;
}

static void
skip_word(struct words *w)
{
	w->v++;
	w->n--;
}

/* ---- patterns ---- */

/* How many different {N} are in a replacement. */
static unsigned
groups_used(const char *text)
{
	bool seen[101] = { false };
	unsigned n = 0;

	for (const char *p = text; (p = strchr(p, '{')) != NULL; p++) {
		size_t digits = strspn(p + 1, "0123456789");
		unsigned group = 0;

		if (digits == 0 || digits > 3 || p[1 + digits] != '}' ||
		    (digits > 1 && p[1] == '0'))
			continue;
		for (size_t i = 1; i <= digits; i++)
			group = group * 10 + (unsigned)(p[i] - '0');
		if (group > 100 || seen[group])
			continue;
		seen[group] = true;
		n++;
	}
	return n;
}

static bool
check_regex(struct words *w, const struct cfc_token *from, const struct cfc_token *to)
{
	const char *pcre;

	if (!cfc_regexp(w->b->c, from->span, from->text, from->len, &pcre))
		return false;
	unsigned have = cfc_regexp_groups(from->text);
	if (groups_used(to->text) <= have)
		return true;
	cfc_error(w->b->c, to->span, "CF2017", "'%s' uses %u groups and the expression has %u",
		  to->text, groups_used(to->text), have);
	cfc_note(w->b->c, from->span, "a group is written (...)");
	return false;
}

/* [exact|prefix|suffix|substring|regex] NAME, the same in the rules for ttl, rcode and cname. */
static bool
take_pattern(struct words *w, size_t after)
{
	struct rt_name name;
	const char *pcre;
	int match = REWRITE_EXACT;

	if (w->n == after + 2) {
		match = find_word(&w->v[0], rewrite_matches);
		if (match < 0)
			return unknown_word(w, &w->v[0], "way to match", rewrite_matches);
		skip_word(w);
	}
	const struct cfc_token *tok = &w->v[0];
	skip_word(w);
	if (match == REWRITE_REGEX && cfc_regexp(w->b->c, tok->span, tok->text, tok->len, &pcre)) {
		cfc_regexp_judge(w->b->c, tok);
		return true;
	}
	if (match == REWRITE_REGEX)
		return false;
	return match != REWRITE_EXACT || cfc_bind_name(w->b, tok, &name);
}

/* ---- name ---- */

#define NAME_USAGE                                                                                 \
	"name [exact|prefix|suffix|substring|regex] FROM TO [answer auto | answer name RE TO | "   \
	"answer value RE TO]..."

/* answer auto | answer name RE TO | answer value RE TO; 'answer' need not be repeated. */
static bool
check_answers(struct words *w)
{
	static const char *const kinds[] = { "auto", "name", "value", NULL };
	const struct cfc_token *automatic = NULL, *named = NULL;

	if (strcmp(w->v[0].text, "answer") != 0) {
		cfc_error(w->b->c, w->v[0].span, "CF2001", "expected 'answer', not '%s'",
			  w->v[0].text);
		cfc_note(w->b->c, cfc_no_span(), "usage: rewrite [continue|stop] " NAME_USAGE);
		return false;
	}
	while (w->n > 0) {
		if (strcmp(w->v[0].text, "answer") == 0)
			skip_word(w);
		if (w->n == 0) {
			cfc_error(w->b->c, w->v[-1].span, "CF2001",
				  "nothing stands after 'answer'");
			cfc_note(w->b->c, cfc_no_span(),
				 "expected auto, name RE TO, or value RE TO");
			return false;
		}
		const struct cfc_token *kind = &w->v[0];
		bool is_auto = strcmp(kind->text, "auto") == 0;
		if (!is_auto && strcmp(kind->text, "name") != 0 && strcmp(kind->text, "value") != 0)
			return unknown_word(w, kind, "answer rule", kinds);
		skip_word(w);
		if (is_auto) {
			automatic = kind;
			continue;
		}
		if (w->n < 2) {
			cfc_error(w->b->c, kind->span, "CF2001",
				  "'answer %s' needs an expression and a "
				  "replacement",
				  kind->text);
			return false;
		}
		if (!check_regex(w, &w->v[0], &w->v[1]))
			return false;
		if (kind->text[0] == 'n')
			named = kind;
		w->v += 2;
		w->n -= 2;
	}
	if (automatic == NULL || named == NULL)
		return true;
	cfc_error(w->b->c, named->span, "CF2006",
		  "'answer auto' and 'answer name' exclude each other");
	cfc_note(w->b->c, automatic->span, "'auto' is here");
	return false;
}

/* CoreDNS adds a dot to every name that has none at its end, also where only a part of one is meant. */
static void
warn_completed(struct words *w, const struct cfc_token *from)
{
	char last = from->len > 0 ? from->text[from->len - 1] : '.';

	if (last != '-' && last != '_')
		return;
	cfc_warn(w->b->c, from->span, "CF2014",
		 "this never matches: CoreDNS completes it to '%s.', with a dot", from->text);
	cfc_note(w->b->c, cfc_no_span(), "match a part of a label by 'regex'");
}

/* CoreDNS compiles the replacement of an exact rule, for the way back, as the name that it will be. */
static bool
check_way_back(struct words *w, const struct cfc_token *from, const struct cfc_token *to)
{
	struct cfc_token full = *to;
	bool dot = to->len > 0 && to->text[to->len - 1] == '.';

	full.text = cfc_lower(w->b->c, cfc_printf(w->b->c, "%s%s", to->text, dot ? "" : "."));
	full.len = strlen(full.text);
	return check_regex(w, &full, from);
}

static bool
check_names(struct words *w, int match, const struct cfc_token *from, const struct cfc_token *to)
{
	struct rt_name name;

	if (match == REWRITE_REGEX) {
		bool ok = check_regex(w, from, to);

		if (ok)
			cfc_regexp_judge(w->b->c, from);
		return ok;
	}
	if (match == REWRITE_PREFIX || match == REWRITE_SUBSTRING)
		warn_completed(w, from);
	return match != REWRITE_EXACT ||
	       (cfc_bind_name(w->b, from, &name) && cfc_bind_name(w->b, to, &name) &&
		check_way_back(w, from, to));
}

/* Only rules for one exact name turn it back in answers by themselves. */
static void
warn_answer(struct words *w, const struct cfc_token *to)
{
	cfc_warn(w->b->c, to->span, "CF3023",
		 "answers have the new name, not the one that was asked: many clients drop them");
	cfc_note(w->b->c, cfc_no_span(), "add 'answer auto' behind it");
	cfc_fix_insert_after(w->b->c, "add 'answer auto'", to->span, " answer auto");
}

static bool
rule_name(struct words *w)
{
	int match = REWRITE_EXACT;

	if (!want_words(w, 2, SIZE_MAX, NAME_USAGE))
		return false;
	if (w->n > 2) {
		match = find_word(&w->v[0], rewrite_matches);
		if (match < 0 && strcmp(w->v[2].text, "answer") == 0) {
			cfc_error(w->b->c, w->v[0].span, "CF2002",
				  "how the name matches must be said before 'answer'");
			cfc_note(w->b->c, w->v[0].span, "write 'exact %s'", w->v[0].text);
			return false;
		}
		if (match < 0)
			return unknown_word(w, &w->v[0], "way to match", rewrite_matches);
		skip_word(w);
	}
	if (!check_names(w, match, &w->v[0], &w->v[1]))
		return false;
	const struct cfc_token *to = &w->v[1];
	w->v += 2;
	w->n -= 2;
	if (w->n == 0 && match != REWRITE_EXACT)
		warn_answer(w, to);
	return w->n == 0 || check_answers(w);
}

/* ---- type, class, rcode, ttl, cname ---- */

static bool
check_code(struct words *w, const struct cfc_token *tok, const char *what,
	   int (*lookup)(uint16_t *, const char *, size_t))
{
	char *upper = cfc_printf(w->b->c, "%s", tok->text);
	uint16_t code;

	for (char *p = upper; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	struct cfc_token capital = { .text = upper, .len = tok->len };
	if (lookup(&code, upper, tok->len) == 0 && cfc_bind_mnemonic(w->b, &capital))
		return true;
	cfc_error(w->b->c, tok->span, "CF2002", "unknown %s '%s'", what, tok->text);
	return false;
}

static bool
rule_type(struct words *w)
{
	return want_words(w, 2, 2, "type FROM TO") &&
	       check_code(w, &w->v[0], "type", dns_type_parse) &&
	       check_code(w, &w->v[1], "type", dns_type_parse);
}

static bool
rule_class(struct words *w)
{
	return want_words(w, 2, 2, "class FROM TO") &&
	       check_code(w, &w->v[0], "class", dns_class_parse) &&
	       check_code(w, &w->v[1], "class", dns_class_parse);
}

/* An rcode is a name or its number. */
static int
parse_rcode(uint16_t *code, const char *text, size_t len)
{
	uint64_t n;

	if (dns_rcode_parse(code, text, len) == 0)
		return 0;
	if (num_parse_uint(&n, text, len, 10) != 0 || n > DNS_RCODE_BADCOOKIE)
		return RT_ENOENT;
	*code = (uint16_t)n;
	return 0;
}

static bool
check_rcode(struct words *w, const struct cfc_token *tok)
{
	return cfc_bind_rcode_known(w->b, tok) && check_code(w, tok, "rcode", parse_rcode);
}

static bool
rule_rcode(struct words *w)
{
	return want_words(w, 3, 4, "rcode [exact|prefix|suffix|substring|regex] NAME FROM TO") &&
	       take_pattern(w, 2) && check_rcode(w, &w->v[0]) && check_rcode(w, &w->v[1]);
}

/* SECONDS, MIN-MAX, -MAX or MIN-. */
static bool
check_ttl(struct words *w, const struct cfc_token *tok)
{
	const char *dash = strchr(tok->text, '-');
	size_t first = dash == NULL ? tok->len : (size_t)(dash - tok->text);
	uint32_t low = 0, high = UINT32_MAX;
	bool ok = tok->len > 0 && (dash == NULL || tok->len > 1);

	ok = ok && (first == 0 || num_parse_u32(&low, tok->text, first) == 0);
	if (dash != NULL && dash[1] != '\0')
		ok = ok && num_parse_u32(&high, dash + 1, strlen(dash + 1)) == 0;
	if (!ok || low > high || high > UINT32_MAX) {
		cfc_error(w->b->c, tok->span, "CF2002", "'%s' is no TTL and no range of them",
			  tok->text);
		cfc_note(w->b->c, cfc_no_span(), "expected 30, 30-300, -300 or 30-");
		return false;
	}
	return true;
}

static bool
rule_ttl(struct words *w)
{
	return want_words(w, 2, 3,
			  "ttl [exact|prefix|suffix|substring|regex] NAME SECONDS|MIN-MAX") &&
	       take_pattern(w, 1) && check_ttl(w, &w->v[0]);
}

static bool
rule_cname(struct words *w)
{
	const char *pcre;

	if (!want_words(w, 2, 3, "cname [exact|prefix|suffix|substring|regex] FROM TO"))
		return false;
	const struct cfc_token *from = &w->v[w->n - 2], *to = from + 1;
	bool regex = w->n == 3 && is_word(&w->v[0], "regex");
	if (!regex && !take_pattern(w, 1))
		return false;
	/* CoreDNS compiles it in lower case, so that "(?P<n>a)" is none. */
	if (regex &&
	    !cfc_regexp(w->b->c, from->span, cfc_lower(w->b->c, from->text), from->len, &pcre))
		return false;
	if (regex)
		cfc_regexp_judge(w->b->c, from);
	if (regex && groups_used(to->text) > cfc_regexp_groups(from->text))
		cfc_warn(w->b->c, to->span, "CF2017", "'%s' uses more groups than '%s' has",
			 to->text, from->text);
	return true;
}

/* ---- edns0 ---- */

static bool
check_number(struct words *w, const struct cfc_token *tok, uint64_t max)
{
	uint64_t n;
	int rc = num_parse_uint(&n, tok->text, tok->len, 0);

	if (rc == RT_ESYNTAX) {
		cfc_error(w->b->c, tok->span, "CF2002", "'%s' is not a whole number", tok->text);
		return false;
	}
	if (rc == 0 && n <= max)
		return true;
	cfc_error(w->b->c, tok->span, "CF2003", "'%s' is out of range, expected 0 to %u", tok->text,
		  (unsigned)max);
	return false;
}

/* {qname} and the like, or a label of metadata: {PLUGIN/NAME}. */
static bool
check_variable(struct words *w, const struct cfc_token *tok)
{
	static const char *const variables[] = { "{qname}",       "{qtype}",    "{client_ip}",
						 "{client_port}", "{protocol}", "{server_ip}",
						 "{server_port}", NULL };
	const char *slash = strchr(tok->text, '/');

	for (size_t i = 0; variables[i] != NULL; i++) {
		if (strcmp(variables[i], tok->text) == 0)
			return true;
	}
	if (slash != NULL && slash > tok->text + 1 && slash[1] != '}')
		return true;
	return unknown_word(w, tok, "variable", variables);
}

static bool
check_data(struct words *w, const struct cfc_token *tok)
{
	if (tok->len >= 2 && tok->text[0] == '{' && tok->text[tok->len - 1] == '}')
		return check_variable(w, tok);
	if (strncmp(tok->text, "0x", 2) != 0)
		return true;
	if (tok->len % 2 == 0 && strspn(tok->text + 2, "0123456789abcdefABCDEF") == tok->len - 2)
		return true;
	cfc_error(w->b->c, tok->span, "CF2002",
		  "'%s' is not written in pairs of hexadecimal digits", tok->text);
	return false;
}

static bool
edns0_local(struct words *w, bool unset)
{
	if (unset)
		return want_words(w, 1, 1, "edns0 local unset CODE") &&
		       check_number(w, &w->v[0], UINT16_MAX);
	return want_words(w, 2, 2, "edns0 local set|append|replace CODE DATA [revert]") &&
	       check_number(w, &w->v[0], UINT16_MAX) && check_data(w, &w->v[1]);
}

static bool
edns0_subnet(struct words *w, bool unset)
{
	if (unset)
		return want_words(w, 0, 0, "edns0 subnet unset");
	return want_words(w, 2, 2, "edns0 subnet set|append|replace V4-BITS V6-BITS [revert]") &&
	       check_number(w, &w->v[0], 32) && check_number(w, &w->v[1], 128);
}

static bool
rule_edns0(struct words *w)
{
	static const char *const kinds[] = { "local", "nsid", "subnet", NULL };
	static const char *const actions[] = { "set", "append", "replace", "unset", NULL };

	if (!want_words(w, 2, SIZE_MAX, "edns0 local|nsid|subnet set|append|replace|unset ..."))
		return false;
	int kind = find_word(&w->v[0], kinds), action = find_word(&w->v[1], actions);
	if (kind < 0)
		return unknown_word(w, &w->v[0], "option", kinds);
	if (action < 0)
		return unknown_word(w, &w->v[1], "action", actions);
	bool unset = action == 3;
	w->v += 2;
	w->n -= 2;
	if (!unset && w->n > 0 && strcmp(w->v[w->n - 1].text, "revert") == 0)
		w->n--;
	if (kind == 0)
		return edns0_local(w, unset);
	if (kind == 2)
		return edns0_subnet(w, unset);
	return want_words(w, 0, 0,
			  unset ? "edns0 nsid unset" : "edns0 nsid set|append|replace [revert]");
}

/* ---- rules ---- */

static const struct {
	const char *name;
	bool (*check)(struct words *w);
} fields[] = {
	{ "name", rule_name },   { "type", rule_type }, { "class", rule_class },
	{ "edns0", rule_edns0 }, { "ttl", rule_ttl },   { "cname", rule_cname },
	{ "rcode", rule_rcode },
};

static bool
check_rule(struct words *w)
{
	const char *names[ARRAY_SIZE(fields) + 1] = { NULL };

	if (w->n > 0 && (is_word(&w->v[0], "continue") || is_word(&w->v[0], "stop")))
		skip_word(w);
	if (w->n == 0) {
		cfc_error(w->b->c, w->field->span, "CF2001", "'rewrite' needs a rule");
		cfc_note(w->b->c, cfc_no_span(),
			 "such as 'rewrite name old.example.org new.example.org'");
		return false;
	}
	w->field = &w->v[0];
	skip_word(w);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (is_word(w->field, fields[i].name))
			return fields[i].check(w);
		names[i] = fields[i].name;
	}
	if (is_word(w->field, "answer")) {
		cfc_error(w->b->c, w->field->span, "CF2002",
			  "'answer' stands at the end of a 'name' rule");
		return false;
	}
	return unknown_word(w, w->field, "field", names);
}

static void
add_words(struct words *w, struct cfc_token *all, const struct cfc_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memcpy(all + w->n, lines[i].tokens, lines[i].ntokens * sizeof(*all));
		w->n += lines[i].ntokens;
	}
}

/* One rule: the words of the line, or, when those are less than two, all in the block as well. */
static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	const struct cfc_directive *d = b->directive;
	size_t room = line->ntokens;
	struct words w = { .b = b, .field = &line->tokens[0], .n = line->ntokens - 1 };

	for (size_t i = 0; i < d->nlines; i++)
		room += d->lines[i].ntokens;
	struct cfc_token *all = cfc_array(b->c, room, sizeof(*all));
	memcpy(all, line->tokens + 1, w.n * sizeof(*all));
	if (w.n >= 2 && d->has_block) {
		cfc_error(b->c, d->open, "CF2001",
			  "a rule stands on the line or in the block, not in both");
		return false;
	}
	add_words(&w, all, d->lines, d->nlines);
	w.v = all;
	const struct rewrite_rule parts = { all, w.n };
	if (!check_rule(&w))
		return false;
	struct rewrite_config *rewrite = config;
	*(struct rewrite_rule *)cfc_list_add(b, &rewrite->parts, sizeof(parts)) = parts;
	*(const char **)cfc_list_add(b, &rewrite->rules, sizeof(char *)) =
		cfc_words(b->c, parts.words, parts.nwords);
	return true;
}

/* The lines of the block are words of the rule: parse_directive has read them. */
static bool
pass_line(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	(void)b;
	(void)config;
	(void)line;
	return true;
}

static const struct cfc_field rewrite_fields[] = {
	{ .field = "rules", .kind = CFC_STRINGS, .offset = offsetof(struct rewrite_config, rules) },
};

const struct cfc_plugin rewrite_plugin = {
	.name = "rewrite",
	.summary = "changes queries on their way in, and their answers on the way out",
	CFC_CONFIG(rewrite_config),
	.directive = { .parse = parse_directive,
		       .syntax = "[continue|stop] FIELD FROM TO [OPTIONS...]" },
	CFC_FIELDS(rewrite_fields),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.line = pass_line,
	.check = rewrite_check,
	.trace = rewrite_trace,
};
