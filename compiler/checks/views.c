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

#include "base/map.h"
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

/* What a block's view asks, read once. */
struct asked {
	const struct rt_strings *expressions; /* NULL: it has no view, or one that says nothing */
	struct cidr *networks; /* of each that is about one network and nothing else */
	bool *about_network;
};

static struct asked
read_asked(struct cfc *c, const struct cfc_block *block)
{
	const struct cfc_instance *view;
	struct asked a = { .expressions = expressions_of(block, &view) };

	if (a.expressions == NULL)
		return a;
	a.networks = cfc_array(c, a.expressions->n + 1, sizeof(a.networks[0]));
	a.about_network = cfc_array(c, a.expressions->n + 1, sizeof(a.about_network[0]));
	for (unsigned i = 0; i < a.expressions->n; i++)
		a.about_network[i] = parse_network(a.expressions->v[i], &a.networks[i]);
	return a;
}

/* Whether one of them is true only where the other one's expression i is. */
static bool
implies(const struct asked *narrow, const struct asked *wide, unsigned i)
{
	for (unsigned j = 0; j < narrow->expressions->n; j++) {
		if (narrow->about_network[j] && wide->about_network[i]
			    ? cidr_covers(&wide->networks[i], &narrow->networks[j])
			    : strcmp(narrow->expressions->v[j], wide->expressions->v[i]) == 0)
			return true;
	}
	return false;
}

/* Whether each query that passes the later block's view passes the earlier one's. */
static bool
is_hidden_by(const struct asked *narrow, const struct cfc_block *earlier, const struct asked *wide)
{
	if (wide->expressions == NULL)
		return earlier->view == NULL;
	if (narrow->expressions == NULL)
		return false;
	for (unsigned i = 0; i < wide->expressions->n; i++) {
		if (!implies(narrow, wide, i))
			return false;
	}
	return wide->expressions->n > 0;
}

static void
report_hidden(struct cfc *c, const struct cfc_rule *self, const struct cfc_site *site,
	      const struct cfc_site *earlier)
{
	cfc_rule_report(c, self, site->span,
			"this server block is never reached: an earlier one takes all of its "
			"queries for %s",
			site->zone.text);
	cfc_note(c, earlier->span, "%s",
		 earlier->block->view == NULL ? "this one has no view; put it last"
					      : "its view passes whenever that one's does");
}

/* The sites of one zone on a listener, in the order of the Corefile. */
struct same_zone {
	const struct cfc_site **sites;
	size_t n, room;
};

static void
check_site(struct cfc *c, const struct cfc_rule *self, const struct asked *asked,
	   struct same_zone *same, const struct cfc_site *site)
{
	for (size_t i = 0; i < same->n; i++) {
		const struct cfc_block *earlier = same->sites[i]->block;

		if (earlier == site->block ||
		    !is_hidden_by(&asked[site->block->index], earlier, &asked[earlier->index]))
			continue;
		report_hidden(c, self, site, same->sites[i]);
		break;
	}
	same->sites = cfc_grow(c, same->sites, same->n, &same->room, sizeof(same->sites[0]));
	same->sites[same->n++] = site;
}

static void
check_listen(struct cfc *c, const struct cfc_rule *self, const struct cfc_listen *l,
	     const struct asked *asked)
{
	struct map *zones = cfc_map(c);

	for (size_t i = 0; i < l->nsites; i++) {
		const struct rt_name *zone = &l->sites[i].zone;
		const char *key = (const char *)zone->wire;
		struct same_zone *same = map_get(zones, key, zone->len);

		if (same == NULL) {
			same = cfc_array(c, 1, sizeof(*same));
			cfc_map_set(zones, key, zone->len, same);
		}
		check_site(c, self, asked, same, &l->sites[i]);
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
	struct map *equations =
		cfc_map(c); /* function -> the first of them, which the others repeat */

	for (unsigned i = 0; list != NULL && i < list->n; i++) {
		const char *function, *value;
		size_t len;

		if (!parse_equation(list->v[i], &function, &len, &value))
			continue;
		const char *first = cfc_map_get(equations, function, len);
		if (first == NULL) {
			cfc_map_set(equations, function, len, list->v[i]);
			continue;
		}
		const char *same, *other;
		if (!parse_equation(first, &same, &len, &other) ||
		    strcmp(other + 1, value + 1) == 0)
			continue;
		cfc_rule_report(c, self, view->directive->name.span,
				"no query passes this view: %s and %s are never both true", first,
				list->v[i]);
		cfc_note(c, cfc_no_span(),
			 "every 'expr' must be true; join them by '||' for one of them");
		return;
	}
}

void
cfc_check_views(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	struct asked *asked = cfc_array(c, plan->nblocks + 1, sizeof(*asked));
	bool any = false;

	for (size_t i = 0; i < plan->nblocks; i++) {
		asked[i] = read_asked(c, plan->blocks[i]);
		any = any || plan->blocks[i]->view != NULL;
	}
	for (size_t i = 0; any && i < plan->nlistens; i++)
		check_listen(c, self, &plan->listens[i], asked);
	for (size_t i = 0; i < plan->nblocks; i++) {
		check_constant(c, self, plan->blocks[i]);
		check_contradiction(c, self, plan->blocks[i]);
	}
}
