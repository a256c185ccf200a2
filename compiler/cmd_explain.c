/*
 * cmd_explain.c - `corefilec explain`: the plan in words, and the way of one query through it.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "compiler/command.h"
#include "compiler/emit_value.h"
#include "compiler/options.h"
#include "dns/name.h"
#include "dns/types.h"

struct explain_args {
	const char *corefile, *name, *type, *transport, *client, *local;
	uint16_t port; /* 0: every one */
};

struct query {
	struct rt_name name;
	uint16_t type;
	const struct explain_args *args;
};

static void
put_place(const struct cfc_span *span)
{
	printf("%s:%u", span->source->path, span->line);
}

/* ---- the plan in words ---- */

/* The directive as it is written, blocks on one line: the user's own words explain it best. */
static void
print_words(const struct cfc_token *tokens, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%s%.*s", i > 0 ? " " : "", (int)tokens[i].rawlen, tokens[i].raw);
}

static void
print_lines(const struct cfc_line *lines, size_t n)
{
	fputs(" {", stdout);
	for (size_t i = 0; i < n; i++) {
		fputs(i > 0 ? "; " : " ", stdout);
		print_words(lines[i].tokens, lines[i].ntokens);
		if (lines[i].has_block)
			print_lines(lines[i].lines, lines[i].nlines);
	}
	fputs(" }", stdout);
}

static void
print_directive(const struct cfc_directive *d)
{
	print_words(&d->name, 1);
	if (d->nargs > 0)
		putchar(' ');
	print_words(d->args, d->nargs);
	if (d->nlines > 0)
		print_lines(d->lines, d->nlines);
}

/* Whether queries pass through it: in a server, or in CoreDNS if it is only checked here. */
static bool
is_step(const struct cfc_instance *in)
{
	return (in->plugin->hooks & (CFC_SERVE | CFC_REPLY)) != 0 ||
	       (in->plugin->traits & (CFC_LINT_ONLY | CFC_HANDLER)) ==
		       (CFC_LINT_ONLY | CFC_HANDLER);
}

static void
print_instance(const struct cfc_instance *in, unsigned number)
{
	if (is_step(in))
		printf("  %2u. ", number);
	else
		printf("      ");
	print_directive(in->directive);
	fputs("  (", stdout);
	put_place(&in->directive->name.span);
	printf(")\n        %s%s\n", in->plugin->summary,
	       in->plugin->traits & CFC_LINT_ONLY ? " (this build cannot serve it)" : "");
}

static void
print_listen(const struct cfc_listen *l)
{
	printf("%s port %u on ", cfc_scheme_name(l->scheme), l->port);
	if (l->nbinds == 0)
		printf("all addresses");
	for (size_t i = 0; i < l->nbinds; i++)
		printf("%s%s%s", i > 0 ? ", " : "", l->binds[i].except ? "not " : "",
		       l->binds[i].text);
	putchar('\n');
}

static void
print_plan(const struct cfc_plan *plan)
{
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		print_listen(l);
		for (size_t j = 0; j < l->nsites; j++) {
			printf("  %s and below: block %u (", l->sites[j].zone.text,
			       l->sites[j].block->index + 1);
			put_place(&l->sites[j].span);
			puts(")");
		}
	}
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_block *block = plan->blocks[i];
		unsigned number = 0;

		printf("\nblock %u, ", block->index + 1);
		put_place(&block->tree->keys[0].span);
		puts(":");
		for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
			number += is_step(in);
			print_instance(in, number);
		}
	}
}

/* ---- one query ---- */

static bool
is_below(const struct query *q, const struct rt_name *zone)
{
	return dns_name_is_subdomain(q->name.wire, zone->wire);
}

/* The deepest zone of the listener that the name is in, with fewer labels than below. */
static const struct cfc_site *
match_site(const struct cfc_listen *l, const struct query *q, unsigned below)
{
	const struct cfc_site *best = NULL;

	for (size_t i = 0; i < l->nsites; i++) {
		const struct cfc_site *s = &l->sites[i];

		if (s->zone.nlabels < below && is_below(q, &s->zone) &&
		    (best == NULL || s->zone.nlabels > best->zone.nlabels))
			best = s;
	}
	return best;
}

/* DS records live above the cut: the zone with the fewest labels that we also serve answers. */
static const struct cfc_site *
site_for(const struct cfc_listen *l, const struct query *q)
{
	const struct cfc_site *site = match_site(l, q, DNS_LABELS_MAX + 1), *above = site;

	while (q->type == DNS_TYPE_DS && above != NULL && above->zone.nlabels > 0) {
		above = match_site(l, q, above->zone.nlabels);
		if (above != NULL)
			site = above;
	}
	return site;
}

struct zone_walk {
	const struct query *q;
	const struct cfc_instance *in;
	bool restricted, covered, falls;
};

static void
look_at_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct zone_walk *w = arg;
	const char *field = (const char *)w->in->config + f->offset;

	(void)unit;
	if (f->kind == CFC_FALLTHROUGH) {
		const struct rt_fallthrough *ft = (const void *)field;

		for (unsigned i = 0; i < ft->zones.n; i++)
			w->falls = w->falls || is_below(w->q, &ft->zones.v[i]);
		w->falls = w->falls || (ft->enabled && ft->zones.n == 0);
	}
}

/* The zones that a directive is limited to stand among its own arguments. */
static void
look_at_zones(struct zone_walk *w)
{
	const struct cfc_option *opt = &w->in->plugin->directive;

	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct rt_names *zones;

		if (opt->args[i].kind != CFC_ZONES)
			continue;
		zones = (const void *)((const char *)w->in->config + opt->args[i].offset);
		w->restricted = true;
		for (unsigned j = 0; j < zones->n; j++)
			w->covered = w->covered || is_below(w->q, &zones->v[j]);
	}
}

/* true: no later plugin is asked. */
static bool
explain_instance(const struct cfc_instance *in, const struct query *q)
{
	struct zone_walk w = { .q = q, .in = in };

	if (!is_step(in))
		return false;
	look_at_zones(&w);
	cfc_each_field(in->plugin, look_at_field, &w);
	printf("  %-12s ", in->plugin->name);
	put_place(&in->directive->name.span);
	if (w.restricted && !w.covered) {
		puts("  passes it on: not one of its zones");
		return false;
	}
	if (cfc_instance_takes_all(in, &q->name)) {
		puts(in->plugin->traits & CFC_RECURSIVE ? "  asks other servers, and answers it"
		     : in->plugin->traits & CFC_KEEPS
			     ? "  answers it, or that there is no such name"
			     : "  answers it");
		return true;
	}
	if ((in->plugin->traits & CFC_ANSWERS) == 0)
		printf("  %s\n", in->plugin->summary);
	else if (w.falls)
		puts("  answers it if it can, otherwise passes it on (fallthrough)");
	else
		puts("  answers it if it is its own, otherwise passes it on");
	return false;
}

static void
explain_listen(const struct cfc_listen *l, const struct query *q)
{
	const struct cfc_site *site = site_for(l, q);
	char type[DNS_TYPES_TEXT_MAX];

	dns_type_format(q->type, type);
	printf("%s %s to ", q->name.text, type);
	print_listen(l);
	if (q->args->client != NULL)
		printf("  from %s\n", q->args->client);
	if (site == NULL) {
		puts("  REFUSED: no server block here has a zone that it is in");
		return;
	}
	printf("  zone %s of the server block at ", site->zone.text);
	put_place(&site->span);
	putchar('\n');
	for (const struct cfc_instance *in = site->block->instances; in != NULL; in = in->next) {
		if (explain_instance(in, q))
			return;
	}
	puts("  when nothing has answered: SERVFAIL");
}

static bool
listens_on(const struct cfc_listen *l, const struct explain_args *a)
{
	bool bound = l->nbinds == 0;

	if (a->port != 0 && l->port != a->port)
		return false;
	if (a->transport != NULL && strcmp(cfc_scheme_name(l->scheme), a->transport) != 0)
		return false;
	for (size_t i = 0; i < l->nbinds && a->local != NULL; i++)
		bound = bound || (!l->binds[i].except && strcmp(l->binds[i].text, a->local) == 0);
	return bound || a->local == NULL;
}

static bool
make_query(struct cfc *c, const struct explain_args *a, struct query *q)
{
	struct cfc_token tok = { .text = a->name, .len = strlen(a->name), .span = cfc_no_span() };
	struct cfc_bind b = { .c = c };

	q->args = a;
	q->type = DNS_TYPE_A;
	if (a->type != NULL && dns_type_parse(&q->type, a->type, strlen(a->type)) != 0) {
		cfc_error(c, cfc_no_span(), "CF9006", "'%s' is not a record type", a->type);
		return false;
	}
	return cfc_bind_name(&b, &tok, &q->name);
}

static int
explain(struct cfc *c, const struct cfc_program *program, const struct explain_args *a)
{
	struct query q;
	bool any = false;

	if (a->name == NULL) {
		print_plan(program->plan);
		return CFC_EXIT_OK;
	}
	if (!make_query(c, a, &q))
		return CFC_EXIT_USAGE;
	for (size_t i = 0; i < program->plan->nlistens; i++) {
		if (!listens_on(&program->plan->listens[i], a))
			continue;
		explain_listen(&program->plan->listens[i], &q);
		any = true;
	}
	if (!any)
		puts("nothing listens there");
	return CFC_EXIT_OK;
}

/* ---- command line ---- */

static bool
parse_option(struct explain_args *a, int ch, const char *arg)
{
	struct addr client;

	switch (ch) {
	case 'f':
		a->corefile = arg;
		return true;
	case 't':
		a->transport = arg;
		return true;
	case 'l':
		a->local = arg;
		return true;
	case 'p':
		return num_parse_u16(&a->port, arg, strlen(arg)) == 0;
	case 'c':
		a->client = arg;
		return addr_parse(&client, arg, strlen(arg)) == 0;
	default:
		return false;
	}
}

static int
run_explain(const struct cfc_command *self, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "corefile", required_argument, NULL, 'f' },
		{ "transport", required_argument, NULL, 't' },
		{ "port", required_argument, NULL, 'p' },
		{ "local", required_argument, NULL, 'l' },
		{ "client", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct explain_args a = { .corefile = NULL };
	struct cfc_program program;
	struct cfc c;

	for (int ch; (ch = getopt_long(argc, argv, ":f:h", longs, NULL)) != -1;) {
		if (ch == 'h')
			return cfc_help(self);
		if (!parse_option(&a, ch, optarg))
			return cfc_usage(self, "bad option or value '%s'", argv[optind - 1]);
	}
	if (argc - optind > 2)
		return cfc_usage(self, "unexpected '%s'", argv[optind + 2]);
	if (optind < argc)
		a.name = argv[optind];
	if (optind + 1 < argc)
		a.type = argv[optind + 1];
	cfc_init(&c);
	cfc_load(&c, a.corefile, &program);
	int status = cfc_load_status(&c, &program);
	if (status == CFC_EXIT_OK)
		status = explain(&c, &program, &a);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

const struct cfc_command cfc_cmd_explain = {
	.name = "explain",
	.synopsis =
		"[-f COREFILE] [--transport T] [--port N] [--local ADDR] [--client IP] [NAME [TYPE]]",
	.summary = "Tells what a Corefile means, or what happens to one query",
	.help = "  -f, --corefile FILE   (default: ./Corefile; '-' is standard input)\n"
		"      --transport T     only listeners of this scheme: dns, tls, ...\n"
		"      --port N          only listeners on this port\n"
		"      --local ADDR      only listeners on this address (as in 'bind')\n"
		"      --client IP       the client's address\n"
		"Without NAME: the listeners, server blocks and chains, with the lines they come from.\n"
		"With NAME (and TYPE, default A): which block takes the query and which plugins see it.\n",
	.run = run_explain,
};
