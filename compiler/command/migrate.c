/*
 * migrate.c - what CoreDNS's releases took away, and what took its place.
 */
#include "config.h"

#include "compiler/command/migrate.h"

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "compiler/bind/removed.h"
#include "compiler/fix.h"

struct migration {
	struct cfc *c;
	const struct cfc_server *server;
	const struct cfc_directive *d;
	uint32_t from, to;
};

#define V CFC_VERSION

/* ---- options of proxy ---- */

static const struct proxy_option {
	const char *option;
	const char *why; /* it goes; NULL = forward has it as well */
} proxy_options[] = {
	{ "policy", NULL },
	{ "max_fails", NULL },
	{ "except", NULL },
	{ "protocol", NULL },
	{ "fail_timeout", "forward asks again until an upstream answers" },
	{ "health_check", "forward checks upstreams by DNS, not by HTTP" },
	{ "spray", "forward tries an upstream at random when all are down" },
};

/* ---- versions ---- */

bool
cfc_version_parse(const char *text, uint32_t *version)
{
	unsigned part[3] = { 0, 0, 0 };
	int end = 0;

	text += *text == 'v';
	int n = sscanf(text, "%2u.%2u%n.%2u%n", &part[0], &part[1], &end, &part[2], &end);
	if (n < 2 || text[end] != '\0')
		return false;
	*version = V(part[0], part[1], part[2]);
	return true;
}

static const char *
version_text(struct cfc *c, uint32_t v)
{
	return cfc_printf(c, "%u.%u.%u", v >> 16, v >> 8 & 0xff, v & 0xff);
}

static bool
concerns(const struct migration *m, uint32_t since)
{
	return since > m->from && since <= m->to;
}

/* ---- telling ---- */

static void
told(const struct migration *m, struct cfc_span span, uint32_t since, const char *what,
     const char *why)
{
	cfc_info(m->c, span, CFC_MIGRATE_ID, "%s (CoreDNS %s)", what, version_text(m->c, since));
	if (why != NULL)
		cfc_note(m->c, cfc_no_span(), "%s", why);
}

static void
ask_person(const struct migration *m, struct cfc_span span, uint32_t since, const char *what,
	   const char *why)
{
	cfc_warn(m->c, span, CFC_MIGRATE_ID, "%s (CoreDNS %s)", what, version_text(m->c, since));
	cfc_note(m->c, cfc_no_span(), "a person must decide: %s", why);
}

static bool
is(const struct cfc_token *tok, const char *word)
{
	return strcmp(tok->text, word) == 0;
}

/* What stands before the directive on its line, as the indentation of a line put before it. */
static const char *
indent_of(struct cfc *c, const struct cfc_token *name)
{
	size_t len;
	const char *line = cfc_source_line(name->span.source, name->span.line, &len);
	size_t blank = strspn(line, " \t");

	return cfc_printf(c, "%.*s", (int)(blank < name->span.column ? blank : 0), line);
}

static void
remove_line(const struct migration *m, const struct cfc_line *line, uint32_t since, const char *why)
{
	const struct cfc_token *name = &line->tokens[0];

	told(m, name->span, since,
	     cfc_printf(m->c, "'%s' of '%s' is removed", name->text, m->d->name.text), why);
	cfc_fix_delete_line(m->c, "remove the option", line);
}

/* ---- proxy becomes forward ---- */

static void
proxy_policy(const struct migration *m, const struct cfc_line *line, uint32_t since)
{
	const struct cfc_token *policy = line->ntokens > 1 ? &line->tokens[1] : NULL;

	if (policy == NULL || is(policy, "random") || is(policy, "round_robin"))
		return;
	const char *to = is(policy, "first") ? "sequential" : "random";
	told(m, policy->span, since,
	     cfc_printf(m->c, "policy '%s' is '%s' in forward", policy->text, to), NULL);
	cfc_fix_word(m->c, "write the policy of forward", policy, to);
}

static void
proxy_protocol(const struct migration *m, const struct cfc_line *line, uint32_t since)
{
	const struct cfc_token *protocol = line->ntokens > 1 ? &line->tokens[1] : NULL;

	if (protocol == NULL || !is(protocol, "dns")) {
		ask_person(m, line->tokens[0].span, since,
			   cfc_printf(m->c, "protocol '%s' is gone",
				      protocol != NULL ? protocol->text : ""),
			   "use tls:// upstreams of 'forward', or the plugin 'grpc'");
		cfc_fix_delete_line(m->c, "remove the option", line);
		return;
	}
	if (line->ntokens == 3 && is(&line->tokens[2], "force_tcp")) {
		struct cfc_span both = line->tokens[0].span;
		both.length = line->tokens[2].span.column + line->tokens[2].span.length -
			      line->tokens[0].span.column;
		told(m, both, since, "'protocol dns force_tcp' is 'force_tcp' in forward", NULL);
		cfc_fix_replace(m->c, "write 'force_tcp'", both, "force_tcp");
		return;
	}
	remove_line(m, line, since, "DNS is what forward speaks");
}

static void
proxy_line(const struct migration *m, const struct cfc_line *line, uint32_t since)
{
	const struct cfc_token *name = &line->tokens[0];

	if (is(name, "policy"))
		proxy_policy(m, line, since);
	else if (is(name, "protocol"))
		proxy_protocol(m, line, since);
	for (size_t i = 0; i < ARRAY_SIZE(proxy_options); i++)
		if (is(name, proxy_options[i].option) && proxy_options[i].why != NULL)
			remove_line(m, line, since, proxy_options[i].why);
}

static void
migrate_proxy(const struct migration *m)
{
	const uint32_t since = V(1, 5, 0);

	told(m, m->d->name.span, since, "'proxy' is now 'forward'", NULL);
	cfc_fix_word(m->c, "write 'forward'", &m->d->name, "forward");
	if (m->d->nargs > 16)
		ask_person(m, m->d->args[16].span, since, "forward takes at most 15 upstreams",
			   "which of them to ask");
	for (size_t i = 0; i < m->d->nlines; i++)
		proxy_line(m, &m->d->lines[i], since);
}

/* ---- directives that are gone ---- */

static void
migrate_federation(const struct migration *m)
{
	ask_person(m, m->d->name.span, V(1, 7, 0), "'federation' is removed",
		   "Kubernetes has no federation of that kind any more; who asks for its names?");
	cfc_fix_delete_directive(m->c, "remove the directive", m->d);
}

static void
migrate_startup(const struct migration *m)
{
	const char *event = m->d->name.text;

	told(m, m->d->name.span, V(1, 0, 6), cfc_printf(m->c, "'%s' is now 'on %s'", event, event),
	     NULL);
	cfc_fix_replace(m->c, "write it with 'on'", m->d->name.span,
			cfc_printf(m->c, "on %s", event));
}

static void
migrate_reverse(const struct migration *m)
{
	ask_person(m, m->d->name.span, V(1, 1, 4), "'reverse' is removed",
		   "'template' makes such answers; its pattern must be written anew");
}

/* ---- options ---- */

/* Only the first endpoint was ever asked. */
static void
kubernetes_endpoint(const struct migration *m, const struct cfc_line *line)
{
	const struct cfc_token *last = &line->tokens[line->ntokens - 1];
	struct cfc_span rest = line->tokens[2].span;

	told(m, rest, V(1, 4, 0), "'endpoint' of 'kubernetes' takes one URL",
	     "only the first one was ever asked");
	rest.column = line->tokens[1].span.column + line->tokens[1].span.length;
	rest.length = last->span.column + last->span.length - rest.column;
	cfc_fix_replace(m->c, "keep the first URL", rest, "");
}

static const char *
words(struct cfc *c, const struct cfc_token *tok, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = cfc_printf(c, "%s %.*s", text, (int)tok[i].rawlen, tok[i].raw);
	return text;
}

/* transfer to ADDRESS... became a plugin of its own. */
static void
move_transfer(const struct migration *m, const struct cfc_line *line)
{
	const struct cfc_directive *d = m->d;
	/* FILE stands before the zones of `file`; the others begin with them. */
	size_t first = is(&d->name, "file") ? 1 : 0;
	size_t nzones = d->nargs > first && !is(&d->name, "auto") ? d->nargs - first : 0;
	const char *indent = indent_of(m->c, &d->name);
	const char *text = cfc_printf(
		m->c, "transfer%s {\n%s%sto%s\n%s}\n%s", words(m->c, d->args + first, nzones),
		indent, indent[0] == ' ' ? "    " : "\t",
		words(m->c, line->tokens + 2, line->ntokens - 2), indent, indent);

	told(m, line->tokens[0].span, V(1, 8, 0),
	     cfc_printf(m->c, "'transfer to' of '%s' is now the plugin 'transfer'", d->name.text),
	     NULL);
	cfc_fix_insert(m->c, "move it to 'transfer'", d->name.span, text);
	cfc_fix_delete_line(m->c, "move it to 'transfer'", line);
}

/* no_reload of file and auto: an interval of 0. */
static void
no_reload(const struct migration *m, const struct cfc_line *line)
{
	told(m, line->tokens[0].span, V(1, 5, 0),
	     cfc_printf(m->c, "'no_reload' of '%s' is now 'reload 0'", m->d->name.text), NULL);
	cfc_fix_replace(m->c, "write 'reload 0'", line->tokens[0].span, "reload 0");
}

static bool
has_transfer(const struct cfc_directive *d)
{
	static const char *const names[] = { "kubernetes", "file", "auto", "secondary" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is(&d->name, names[i]))
			return true;
	return false;
}

static void
migrate_line(const struct migration *m, const struct cfc_line *line)
{
	const struct cfc_token *name = &line->tokens[0];
	bool zone_file = is(&m->d->name, "file") || is(&m->d->name, "auto");

	const struct cfc_removed *gone = cfc_removed_option(m->d->name.text, name->text);

	if (gone != NULL && concerns(m, gone->since))
		remove_line(m, line, gone->since, gone->why);
	if (is(&m->d->name, "kubernetes") && is(name, "endpoint") && line->ntokens > 2 &&
	    concerns(m, V(1, 4, 0)))
		kubernetes_endpoint(m, line);
	if (has_transfer(m->d) && is(name, "transfer") && line->ntokens > 2 &&
	    is(&line->tokens[1], "to") && concerns(m, V(1, 8, 0)))
		move_transfer(m, line);
	if (zone_file && is(name, "no_reload") && concerns(m, V(1, 5, 0)))
		no_reload(m, line);
}

/* ---- what a cluster is expected to have ---- */

static const struct cfc_directive *
find(const struct cfc_server *server, const char *name)
{
	for (size_t i = 0; i < server->ndirectives; i++)
		if (is(&server->directives[i].name, name))
			return &server->directives[i];
	return NULL;
}

/* Since `ready` is there, /health says no more that the plugins are. */
static void
add_ready(const struct migration *m)
{
	const struct cfc_directive *health = find(m->server, "health");

	if (health == NULL || find(m->server, "kubernetes") == NULL ||
	    find(m->server, "ready") != NULL)
		return;
	told(m, health->name.span, V(1, 5, 0), "'ready' tells the cluster when to send queries",
	     "point the readiness probe to port 8181, path /ready");
	cfc_fix_insert(m->c, "add 'ready'", health->name.span,
		       cfc_printf(m->c, "ready\n%s", indent_of(m->c, &health->name)));
}

/* ---- the whole ---- */

static const struct {
	const char *directive;
	uint32_t since;
	void (*migrate)(const struct migration *m);
} directives[] = {
	{ "proxy", V(1, 5, 0), migrate_proxy },
	{ "federation", V(1, 7, 0), migrate_federation },
	{ "startup", V(1, 0, 6), migrate_startup },
	{ "shutdown", V(1, 0, 6), migrate_startup },
	{ "reverse", V(1, 1, 4), migrate_reverse },
};

void
cfc_migrate(struct cfc *c, const struct cfc_tree *tree, uint32_t from, uint32_t to)
{
	struct migration m = { .c = c, .from = from, .to = to };

	for (size_t i = 0; i < tree->nservers; i++) {
		m.server = &tree->servers[i];
		for (size_t j = 0; j < m.server->ndirectives; j++) {
			m.d = &m.server->directives[j];
			for (size_t k = 0; k < ARRAY_SIZE(directives); k++)
				if (is(&m.d->name, directives[k].directive) &&
				    concerns(&m, directives[k].since))
					directives[k].migrate(&m);
			for (size_t k = 0; k < m.d->nlines; k++)
				migrate_line(&m, &m.d->lines[k]);
		}
		if (concerns(&m, V(1, 5, 0)))
			add_ready(&m);
	}
}
