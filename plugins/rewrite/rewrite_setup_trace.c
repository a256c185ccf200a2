/*
 * rewrite_setup_trace.c - applies the rules of `rewrite` to one query, for explain and diff.
 *
 * The rules are those that rewrite_setup.c has accepted.  The first one that matches ends the list,
 * unless it says `continue`.
 */
#include "config.h"

#include "rewrite/rewrite_setup.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "compiler/bind/regexp_match.h"
#include "compiler/trace.h"
#include "compiler/bind/value.h"
#include "dns/name.h"
#include "dns/types.h"

#define NAME_TEXT_MAX 4096u

struct rule_words {
	const struct cfc_token *v;
	size_t n;
};

static bool
is_word(const struct cfc_token *tok, const char *word)
{
	return strcasecmp(tok->text, word) == 0;
}

/* With its final dot and in lower case, as names are compared. */
static const char *
full_name(struct cfc *c, const char *text)
{
	size_t len = strlen(text);
	bool dot = len > 0 && text[len - 1] == '.';

	return cfc_lower(c, cfc_printf(c, "%s%s", text, dot ? "" : "."));
}

static const char *
replace_all(struct cfc *c, const char *text, const char *from, const char *to)
{
	struct buf out;

	buf_init(&out, NAME_TEXT_MAX);
	while (*text != '\0') {
		if (strncmp(text, from, strlen(from)) == 0) {
			buf_puts(&out, to);
			text += strlen(from);
		} else {
			buf_putc(&out, *text++);
		}
	}
	const char *result = cfc_printf(c, "%s", buf_cstr(&out));
	buf_release(&out);
	return result;
}

static const char *
match_regex(struct cfc *c, const char *name, const char *from, const char *to,
	    enum cfc_tri *matches)
{
	struct cfc_match m = { NULL, 0 };

	*matches = cfc_regexp_match(c, from, name, &m);
	return *matches == CFC_YES ? cfc_match_fill(c, &m, to) : name;
}

/*
 * The name after a rule of this kind; *matches says whether it is one for it.  FROM and TO of all
 * but regex rules are completed by a dot, as in CoreDNS: `prefix old` is for "old.test", not "older.test".
 */
static const char *
apply_name(struct cfc *c, const char *kind, const char *name, const char *from, const char *to,
	   enum cfc_tri *matches)
{
	size_t len = strlen(name);

	if (strcasecmp(kind, "regex") == 0)
		return match_regex(c, name, from, to, matches);
	from = full_name(c, from);
	to = full_name(c, to);
	size_t n = strlen(from);
	bool found = false;
	const char *result = name;
	if (strcasecmp(kind, "exact") == 0) {
		found = strcmp(name, from) == 0;
		result = to;
	} else if (strcasecmp(kind, "prefix") == 0) {
		found = strncmp(name, from, n) == 0;
		result = cfc_printf(c, "%s%s", to, found ? name + n : "");
	} else if (strcasecmp(kind, "suffix") == 0) {
		found = len >= n && strcmp(name + len - n, from) == 0;
		result = cfc_printf(c, "%.*s%s", found ? (int)(len - n) : 0, name, to);
	} else {
		found = n > 0 && strstr(name, from) != NULL;
		result = found ? replace_all(c, name, from, to) : name;
	}
	*matches = found ? CFC_YES : CFC_NO;
	return found ? result : name;
}

static bool
set_name(struct cfc_trace *t, const char *text)
{
	uint8_t wire[DNS_NAME_BUF], lower[DNS_NAME_BUF];

	text = full_name(t->c, text);
	if (dns_name_from_text(wire, text, strlen(text)) < 0)
		return false;
	dns_name_lower(lower, wire);
	cfc_name_of_wire(t->c, lower, &t->query.name);
	return true;
}

static enum cfc_tri
trace_name(struct cfc_trace *t, struct rule_words w)
{
	bool kind_given = w.n > 2;
	const char *kind = kind_given ? w.v[0].text : "exact";
	const char *from = w.v[kind_given].text, *to = w.v[kind_given + 1].text;
	enum cfc_tri matches;
	const char *name = apply_name(t->c, kind, t->query.name.text, from, to, &matches);

	if (matches == CFC_MAYBE)
		cfc_trace_say(t, "'%s' may match", from);
	if (matches != CFC_YES)
		return matches;
	if (set_name(t, name))
		cfc_trace_say(t, "changes the name to %s", t->query.name.text);
	else
		cfc_trace_say(t, "makes '%s', which is no name: SERVFAIL", name);
	return CFC_YES;
}

static enum cfc_tri
trace_type(struct cfc_trace *t, struct rule_words w)
{
	uint16_t from, to;
	char text[DNS_TYPES_TEXT_MAX];

	if (dns_type_parse(&from, w.v[0].text, w.v[0].len) != 0 ||
	    dns_type_parse(&to, w.v[1].text, w.v[1].len) != 0)
		return CFC_MAYBE;
	if (from != t->query.type)
		return CFC_NO;
	t->query.type = to;
	dns_type_format(to, text);
	cfc_trace_say(t, "changes the type to %s", text);
	return CFC_YES;
}

static enum cfc_tri
trace_class(struct cfc_trace *t, struct rule_words w)
{
	uint16_t from, to;

	if (dns_class_parse(&from, w.v[0].text, w.v[0].len) != 0 ||
	    dns_class_parse(&to, w.v[1].text, w.v[1].len) != 0)
		return CFC_MAYBE;
	if (from != t->query.qclass)
		return CFC_NO;
	t->query.qclass = to;
	cfc_trace_say(t, "changes the class to %s", w.v[1].text);
	return CFC_YES;
}

/* ttl, rcode: [KIND] NAME VALUE...; they change answers only. */
static enum cfc_tri
trace_answers(struct cfc_trace *t, struct rule_words w, size_t after, const char *what)
{
	bool kind_given = w.n == after + 2;
	enum cfc_tri matches;

	apply_name(t->c, kind_given ? w.v[0].text : "exact", t->query.name.text,
		   w.v[kind_given].text, "", &matches);
	if (matches == CFC_YES)
		cfc_trace_say(t, "changes the %s of answers to %s", what, w.v[w.n - 1].text);
	return matches;
}

static enum cfc_tri
trace_rule(struct cfc_trace *t, const struct cfc_token *field, struct rule_words w)
{
	if (is_word(field, "name"))
		return trace_name(t, w);
	if (is_word(field, "type"))
		return trace_type(t, w);
	if (is_word(field, "class"))
		return trace_class(t, w);
	if (is_word(field, "ttl"))
		return trace_answers(t, w, 1, "TTL");
	if (is_word(field, "rcode"))
		return trace_answers(t, w, 2, "rcode");
	if (is_word(field, "cname"))
		cfc_trace_say(t, "changes targets of CNAME records in answers");
	else
		cfc_trace_say(t, "changes EDNS options (%s)", w.v[0].text);
	return CFC_YES;
}

enum cfc_outcome
rewrite_trace(struct cfc_trace *t, const void *config)
{
	const struct rewrite_config *rewrite = config;

	for (unsigned i = 0; i < rewrite->parts.n; i++) {
		struct rule_words w = { rewrite->parts.v[i].words, rewrite->parts.v[i].nwords };
		bool goes_on = is_word(&w.v[0], "continue");

		if (goes_on || is_word(&w.v[0], "stop")) {
			w.v++;
			w.n--;
		}
		const struct cfc_token *field = w.v++;
		w.n--;
		if (trace_rule(t, field, w) == CFC_YES && !goes_on)
			break;
	}
	if (t->said == NULL)
		cfc_trace_say(t, "leaves it as it is: no rule is for it");
	return CFC_OUTCOME_PASSES;
}
