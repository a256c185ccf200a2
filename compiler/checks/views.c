/*
 * views.c - rules about server blocks of one zone that are told apart by views: CF3003.
 *
 * Blocks are tried from top to bottom, and the first whose view passes takes the query.  So a block is
 * never reached behind one without a view, or behind one whose view passes whenever its own does.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <ctype.h>
#include <string.h>

#include "compiler/checks/facts.h"
#include "dns/name.h"

static const struct rt_strings *
expressions_of(const struct cfc_block *block, const struct cfc_instance **view)
{
	*view = cfc_block_find(block, "view");
	return *view == NULL ? NULL : cfc_instance_field(*view, "expressions", CFC_STRINGS);
}

/* ---- inclusion ---- */

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t\n");
}

static bool
take(const char **p, const char *word)
{
	const char *at = skip_blanks(*p);

	if (strncmp(at, word, strlen(word)) != 0)
		return false;
	*p = at + strlen(word);
	return true;
}

/* incidr(client_ip(), 'NETWORK') and nothing else. */
static bool
parse_network(const char *text, struct cidr *net)
{
	if (!take(&text, "incidr") || !take(&text, "(") || !take(&text, "client_ip") ||
	    !take(&text, "(") || !take(&text, ")") || !take(&text, ","))
		return false;
	text = skip_blanks(text);
	char quote = *text;
	const char *end = quote == '\'' || quote == '"' ? strchr(text + 1, quote) : NULL;
	if (end == NULL || cidr_parse(net, text + 1, (size_t)(end - text) - 1, NULL) != 0)
		return false;
	end++;
	return take(&end, ")") && *skip_blanks(end) == '\0';
}

static bool
implies(const char *narrow, const char *wide)
{
	struct cidr inner, outer;

	if (strcmp(narrow, wide) == 0)
		return true;
	return parse_network(narrow, &inner) && parse_network(wide, &outer) &&
	       cidr_covers(&outer, &inner);
}

/* Whether each query that passes the later block's view passes the earlier one's. */
static bool
is_hidden_by(const struct cfc_block *later, const struct cfc_block *earlier)
{
	const struct cfc_instance *view;
	const struct rt_strings *wide = expressions_of(earlier, &view);
	const struct rt_strings *narrow = expressions_of(later, &view);

	if (wide == NULL)
		return earlier->view == NULL;
	if (narrow == NULL)
		return false;
	for (unsigned i = 0; i < wide->n; i++) {
		bool implied = false;

		for (unsigned j = 0; j < narrow->n; j++)
			implied = implied || implies(narrow->v[j], wide->v[i]);
		if (!implied)
			return false;
	}
	return wide->n > 0;
}

static void
check_blocks(struct cfc *c, const struct cfc_rule *self, const struct cfc_listen *l, size_t at)
{
	const struct cfc_site *site = &l->sites[at];

	for (size_t i = 0; i < at; i++) {
		const struct cfc_site *earlier = &l->sites[i];

		if (earlier->block == site->block || earlier->zone.len != site->zone.len ||
		    !dns_name_equal(earlier->zone.wire, site->zone.wire) ||
		    !is_hidden_by(site->block, earlier->block))
			continue;
		cfc_rule_report(
			c, self, site->span,
			"this server block is never reached: an earlier one takes all of its "
			"queries for %s",
			site->zone.text);
		cfc_note(c, earlier->span, "%s",
			 earlier->block->view == NULL ? "this one has no view; put it last"
						      : "its view passes whenever that one's does");
		return;
	}
}

/* ---- expressions that do not depend on the query ---- */

/* Skips a word, a number, a text in quotes or one other character. */
static const char *
next_token(const char *p, bool *word)
{
	*word = isalpha((unsigned char)*p) || *p == '_';
	if (*p == '\'' || *p == '"' || *p == '`') {
		char quote = *p++;

		while (*p != '\0' && *p != quote)
			p += *p == '\\' && quote != '`' && p[1] != '\0' ? 2 : 1;
		return *p == '\0' ? p : p + 1;
	}
	if (!isalnum((unsigned char)*p) && *p != '_')
		return p + 1;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	return p;
}

/* Whether it asks for something that differs from query to query. */
static bool
depends_on_query(const char *text)
{
	static const char *const functions[] = { "bufsize", "class",    "client_ip", "do",
						 "id",      "metadata", "name",      "opcode",
						 "port",    "proto",    "server_ip", "server_port",
						 "size",    "type",     "now" };

	for (const char *p = text; *p != '\0';) {
		bool word;
		const char *end = next_token(p, &word);

		for (size_t i = 0; word && i < ARRAY_SIZE(functions); i++) {
			if (strlen(functions[i]) == (size_t)(end - p) &&
			    memcmp(functions[i], p, (size_t)(end - p)) == 0)
				return true;
		}
		p = end;
	}
	return false;
}

static void
check_constant(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	const struct cfc_instance *view;
	const struct rt_strings *list = expressions_of(block, &view);
	unsigned n = 0;

	for (size_t i = 0; list != NULL && i < view->directive->nlines; i++) {
		const struct cfc_line *line = &view->directive->lines[i];

		if (strcmp(line->tokens[0].text, "expr") != 0 || line->ntokens < 2 || n == list->n)
			continue;
		const char *text = list->v[n++];
		/* The last of several blocks takes what is left, and says so. */
		if (depends_on_query(text) || strcmp(text, "true") == 0)
			continue;
		cfc_rule_report(
			c, self, line->tokens[1].span,
			strcmp(text, "false") == 0
				? "no query passes this view: the server block is never reached"
				: "'%s' is the same for every query: the view lets all pass or "
				  "none",
			text);
		cfc_note(c, cfc_no_span(), "ask for something, such as client_ip() or type()");
	}
}

/* ---- the same asked for twice ---- */

/* FUNCTION() == 'VALUE' and nothing else. */
static bool
parse_equation(const char *text, const char **function, size_t *len, const char **value)
{
	const char *p = skip_blanks(text);

	*function = p;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	*len = (size_t)(p - *function);
	if (*len == 0 || !take(&p, "(") || !take(&p, ")") || !take(&p, "=="))
		return false;
	*value = skip_blanks(p);
	return **value == '\'' || **value == '"';
}

static void
check_contradiction(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block)
{
	const struct cfc_instance *view;
	const struct rt_strings *list = expressions_of(block, &view);

	for (unsigned i = 1; list != NULL && i < list->n; i++) {
		for (unsigned j = 0; j < i; j++) {
			const char *fi, *fj, *vi, *vj;
			size_t ni, nj;

			if (!parse_equation(list->v[i], &fi, &ni, &vi) ||
			    !parse_equation(list->v[j], &fj, &nj, &vj) || ni != nj ||
			    memcmp(fi, fj, ni) != 0 || strcmp(vi + 1, vj + 1) == 0)
				continue;
			cfc_rule_report(c, self, view->directive->name.span,
					"no query passes this view: %s and %s are never both true",
					list->v[j], list->v[i]);
			cfc_note(c, cfc_no_span(),
				 "every 'expr' must be true; join them by '||' for one of them");
			return;
		}
	}
}

void
cfc_check_views(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	bool any = false;

	for (size_t i = 0; i < plan->nblocks; i++)
		any = any || plan->blocks[i]->view != NULL;
	for (size_t i = 0; any && i < plan->nlistens; i++) {
		for (size_t j = 1; j < plan->listens[i].nsites; j++)
			check_blocks(c, self, &plan->listens[i], j);
	}
	for (size_t i = 0; i < plan->nblocks; i++) {
		check_constant(c, self, plan->blocks[i]);
		check_contradiction(c, self, plan->blocks[i]);
	}
}
