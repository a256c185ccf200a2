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

static void
remove_idle(const struct migration *m, const struct cfc_line *line, const struct cfc_removed *x)
{
	const struct cfc_token *name = &line->tokens[0];

	told(m, name->span, x->since,
	     cfc_printf(m->c, "'%s' of '%s' does nothing", name->text, m->d->name.text), x->why);
	if (x->refused != 0)
		cfc_note(m->c, cfc_no_span(), "CoreDNS %s and later refuse it",
			 version_text(m->c, x->refused));
	cfc_fix_delete_line(m->c, "remove the option", line);
}

/* Takes away words of a line, with what parts them from the word before. */
static void
remove_words(const struct migration *m, const char *title, const struct cfc_token *before,
	     const struct cfc_token *last)
{
	struct cfc_span span = before->span;

	if (span.line != last->span.line) /* quotes may hold line ends */
		return;
	span.column += before->span.length;
	span.length = last->span.column + last->span.length - span.column;
	cfc_fix_replace(m->c, title, span, "");
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
		bool google = protocol != NULL && is(protocol, "https_google");

		ask_person(m, line->tokens[0].span, google ? V(1, 2, 0) : since,
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

	told(m, m->d->name.span, V(1, 1, 0), cfc_printf(m->c, "'%s' is now 'on %s'", event, event),
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

/* log [NAME] stdout [FORMAT]: the file to write to, which could be nothing else in the end. */
static void
migrate_log(const struct migration *m)
{
	size_t i = m->d->nargs > 1 ? 1 : 0;

	if (m->d->nargs == 0 || !is(&m->d->args[i], "stdout"))
		return;
	told(m, m->d->args[i].span, V(1, 0, 0), "'stdout' of 'log' is taken as a name or a format",
	     "log writes to standard output and nowhere else");
	remove_words(m, "remove 'stdout'", i > 0 ? &m->d->args[0] : &m->d->name, &m->d->args[i]);
}

/* ---- options ---- */

static void
kubernetes_endpoint(const struct migration *m, const struct cfc_line *line)
{
	told(m, line->tokens[2].span, V(1, 4, 0), "'endpoint' of 'kubernetes' takes one URL",
	     "the first one is asked, the others are passed over");
	remove_words(m, "keep the first URL", &line->tokens[1], &line->tokens[line->ntokens - 1]);
}

/* directory DIR REGEXP TEMPLATE SECONDS: how often to look, now an option of its own. */
static void
auto_timeout(const struct migration *m, const struct cfc_line *line)
{
	const struct cfc_token *seconds = &line->tokens[4];
	const char *indent = indent_of(m->c, &line->tokens[0]);

	told(m, seconds->span, V(1, 5, 0), "the interval of 'directory' is now 'reload'", NULL);
	remove_words(m, "move it to 'reload'", &line->tokens[3], seconds);
	cfc_fix_insert(m->c, "move it to 'reload'", line->tokens[0].span,
		       cfc_printf(m->c, "reload %ss\n%s", seconds->text, indent));
}

/* set FLAG... and clear FLAG... without saying of what: of responses. */
static void
header_selector(const struct migration *m, const struct cfc_line *line)
{
	const struct cfc_token *action = &line->tokens[0];

	told(m, action->span, V(1, 12, 4),
	     cfc_printf(m->c, "'%s' of 'header' must say of what", action->text), NULL);
	cfc_fix_insert(m->c, "write 'response'", action->span, "response ");
}

static const char *
words(struct cfc *c, const struct cfc_token *tok, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = cfc_printf(c, "%s %.*s", text, (int)tok[i].rawlen, tok[i].raw);
	return text;
}

static bool
is_transfer_to(const struct cfc_line *line)
{
	return line->ntokens > 2 && is(&line->tokens[0], "transfer") && is(&line->tokens[1], "to");
}

/* The plugin `transfer` that takes the place of all `transfer to ADDRESS...` of a directive. */
static const char *
transfer_text(const struct migration *m, const char *indent)
{
	const struct cfc_directive *d = m->d;
	/* FILE stands before the zones of `file`; the others begin with them. */
	size_t first = is(&d->name, "file") ? 1 : 0;
	size_t nzones = d->nargs > first && !is(&d->name, "auto") ? d->nargs - first : 0;
	const char *text = cfc_printf(m->c, "transfer%s {\n", words(m->c, d->args + first, nzones));

	for (size_t i = 0; i < d->nlines; i++)
		if (is_transfer_to(&d->lines[i]))
			text = cfc_printf(
				m->c, "%s%s%sto%s\n", text, indent,
				indent[0] == ' ' ? "    " : "\t",
				words(m->c, d->lines[i].tokens + 2, d->lines[i].ntokens - 2));
	return cfc_printf(m->c, "%s%s}\n%s", text, indent, indent);
}

/* One plugin for all lines: of two for the same zones only one would count. */
static void
move_transfer(const struct migration *m, const struct cfc_line *line)
{
	const struct cfc_directive *d = m->d;
	const struct cfc_line *first = d->lines;

	told(m, line->tokens[0].span, V(1, 8, 0),
	     cfc_printf(m->c, "'transfer to' of '%s' is now the plugin 'transfer'", d->name.text),
	     NULL);
	while (!is_transfer_to(first))
		first++;
	if (first == line)
		cfc_fix_insert(m->c, "move it to 'transfer'", d->name.span,
			       transfer_text(m, indent_of(m->c, &d->name)));
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
	const struct cfc_token *plugin = &m->d->name;
	const struct cfc_token *name = &line->tokens[0];
	bool zone_file = is(plugin, "file") || is(plugin, "auto");

	const struct cfc_removed *gone = cfc_removed_option(plugin->text, name->text);

	if (gone != NULL && (concerns(m, gone->since) || concerns(m, gone->refused)))
		remove_idle(m, line, gone);
	if (is(plugin, "kubernetes") && is(name, "endpoint") && line->ntokens > 2 &&
	    concerns(m, V(1, 4, 0)))
		kubernetes_endpoint(m, line);
	if (has_transfer(m->d) && is_transfer_to(line) && concerns(m, V(1, 8, 0)))
		move_transfer(m, line);
	if (zone_file && is(name, "no_reload") && concerns(m, V(1, 5, 0)))
		no_reload(m, line);
	if (is(plugin, "auto") && is(name, "directory") && line->ntokens == 5 &&
	    concerns(m, V(1, 5, 0)))
		auto_timeout(m, line);
	if (is(plugin, "header") && (is(name, "set") || is(name, "clear")) &&
	    concerns(m, V(1, 12, 4)))
		header_selector(m, line);
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
	{ "startup", V(1, 1, 0), migrate_startup },
	{ "shutdown", V(1, 1, 0), migrate_startup },
	{ "reverse", V(1, 1, 4), migrate_reverse },
	{ "log", V(1, 0, 0), migrate_log },
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
