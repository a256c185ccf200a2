/*
 * rewrite_setup_hidden.c - rules that an earlier one never lets a query come to: CF3003.
 *
 * A rule that matches and is not `continue` is the last one for its query.  So a later rule is never used if
 * every name that it matches is matched by an earlier one; unless a `continue` rule in between may have
 * made another name of it.
 */
#include "config.h"

#include "rewrite/rewrite_setup.h"

#include <string.h>
#include <strings.h>

#include "compiler/plan.h"
#include "compiler/bind/regexp.h"

/* What decides whether a rule matches. */
enum subject {
	SUBJECT_NAME, /* pattern */
	SUBJECT_TYPE, /* pattern is the type */
	SUBJECT_CLASS,
	SUBJECT_ALL,  /* it always matches */
	SUBJECT_NONE, /* not known here */
};

struct rule {
	const struct cfc_directive *d;
	struct cfc_span span; /* of the field */
	bool stop, changes;   /* `changes`: the name is another one behind it */
	enum subject subject;
	int match;           /* enum rewrite_match */
	const char *pattern; /* in lower case; of names with the final dot */
	const char *pcre;
};

struct rules {
	struct rule *v;
	unsigned n;
};

/* [exact|prefix|suffix|substring|regex] PATTERN, with `after` words behind it when there are so many. */
static void
read_pattern(struct cfc_bind *b, struct rule *r, const struct cfc_token *v, size_t n, size_t after)
{
	r->match = REWRITE_EXACT;
	if (n > after + 1) {
		for (int i = 0; rewrite_matches[i] != NULL; i++) {
			if (strcasecmp(rewrite_matches[i], v[0].text) == 0)
				r->match = i;
		}
		v++;
	}
	if (r->match == REWRITE_REGEX) {
		r->pattern = v->text;
		r->subject = cfc_regexp(b->c, v->span, v->text, v->len, &r->pcre) ? SUBJECT_NAME
										  : SUBJECT_NONE;
		return;
	}
	bool dot = v->len > 0 && v->text[v->len - 1] == '.';
	r->pattern = cfc_printf(b->c, "%s%s", cfc_lower(b->c, v->text), dot ? "" : ".");
	r->subject = SUBJECT_NAME;
}

/* The words of one rule; those of its block are counted in. */
static void
read_rule(struct cfc_bind *b, struct rules *rules, const struct cfc_directive *d,
	  const struct cfc_token *v, size_t n)
{
	struct rule r = { .d = d, .stop = true, .subject = SUBJECT_NONE };

	if (n > 0 && (strcasecmp(v->text, "continue") == 0 || strcasecmp(v->text, "stop") == 0)) {
		r.stop = strcasecmp(v->text, "stop") == 0;
		v++;
		n--;
	}
	if (n < 2)
		return;
	r.span = v->span;
	if (strcasecmp(v->text, "name") == 0) {
		r.changes = true;
		read_pattern(b, &r, v + 1, n - 1, 1);
	} else if (strcasecmp(v->text, "ttl") == 0) {
		read_pattern(b, &r, v + 1, n - 1, 1);
	} else if (strcasecmp(v->text, "rcode") == 0) {
		read_pattern(b, &r, v + 1, n - 1, 2);
	} else if (strcasecmp(v->text, "type") == 0 || strcasecmp(v->text, "class") == 0) {
		r.subject = v->text[0] == 't' || v->text[0] == 'T' ? SUBJECT_TYPE : SUBJECT_CLASS;
		r.pattern = cfc_lower(b->c, v[1].text);
	} else if (strcasecmp(v->text, "edns0") == 0 && n > 2 &&
		   strcasecmp(v[1].text, "subnet") != 0 && strcasecmp(v[2].text, "set") == 0) {
		r.subject = SUBJECT_ALL;
	}
	*(struct rule *)cfc_list_add(b, rules, sizeof(r)) = r;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a >= b && strcmp(text + a - b, end) == 0;
}

/* Whether every name that the later rule matches is matched by the earlier one, as far as it can be told. */
static bool
has_names(const struct rule *wide, const struct rule *narrow)
{
	bool exact = narrow->match == REWRITE_EXACT;

	if (wide->match == narrow->match && strcmp(wide->pattern, narrow->pattern) == 0)
		return true;
	if (wide->match == REWRITE_REGEX && cfc_regexp_matches(wide->pcre, "") &&
	    strspn(wide->pattern, ".*^$()") == strlen(wide->pattern))
		return true;
	if (narrow->match == REWRITE_REGEX)
		return false;
	switch ((enum rewrite_match)wide->match) {
	case REWRITE_EXACT:
		return false;
	case REWRITE_PREFIX:
		return (exact || narrow->match == REWRITE_PREFIX) &&
		       strncmp(narrow->pattern, wide->pattern, strlen(wide->pattern)) == 0;
	case REWRITE_SUFFIX:
		return (exact || narrow->match == REWRITE_SUFFIX) &&
		       ends_with(narrow->pattern, wide->pattern);
	case REWRITE_SUBSTRING:
		return strstr(narrow->pattern, wide->pattern) != NULL;
	case REWRITE_REGEX:
		return exact && cfc_regexp_matches(wide->pcre, narrow->pattern);
	}
	return false;
}

static bool
hides(const struct rule *earlier, const struct rule *later)
{
	if (!earlier->stop || earlier->subject == SUBJECT_NONE)
		return false;
	if (earlier->subject == SUBJECT_ALL)
		return true;
	if (earlier->subject != later->subject)
		return false;
	return earlier->subject == SUBJECT_NAME ? has_names(earlier, later)
						: strcmp(earlier->pattern, later->pattern) == 0;
}

static void
check_rule(struct cfc_bind *b, const struct rules *rules, unsigned at)
{
	for (unsigned i = at; i-- > 0;) {
		const struct rule *earlier = &rules->v[i];

		if (!earlier->stop && earlier->changes)
			return;
		if (!hides(earlier, &rules->v[at]))
			continue;
		cfc_warn(
			b->c, rules->v[at].span, "CF3003",
			"this rule is never used: an earlier one takes all that it is for, and stops");
		cfc_note(
			b->c, earlier->span,
			"the earlier one; let it begin with 'continue', or put the special one first");
		return;
	}
}

bool
rewrite_check(struct cfc_bind *b, void *config)
{
	const struct cfc_server *server = b->block->tree;
	const struct rewrite_config *rewrite = config;
	struct rules rules = { NULL, 0 };

	if (rewrite->parts.n > REWRITE_RULES_MAX)
		return true;
	for (size_t i = 0; i < server->ndirectives; i++) {
		const struct cfc_directive *d = &server->directives[i];
		size_t n = d->nargs;

		if (strcmp(d->name.text, b->plugin->name) != 0)
			continue;
		for (size_t j = 0; j < d->nlines; j++)
			n += d->lines[j].ntokens;
		struct cfc_token *words = cfc_array(b->c, n + 1, sizeof(*words));
		memcpy(words, d->args, d->nargs * sizeof(*words));
		n = d->nargs;
		for (size_t j = 0; j < d->nlines; j++) {
			memcpy(words + n, d->lines[j].tokens, d->lines[j].ntokens * sizeof(*words));
			n += d->lines[j].ntokens;
		}
		read_rule(b, &rules, d, words, n);
	}
	for (unsigned i = 1; i < rules.n; i++)
		check_rule(b, &rules, i);
	return true;
}
