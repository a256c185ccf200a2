/*
 * cmd_explain.c - `corefilec explain`: the plan in words, and the way of one query through it.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "compiler/command/settings.h"
#include "compiler/command/explain.h"
#include "compiler/report/json.h"
#include "dns/types.h"

struct explain_args {
	const char *corefile, *name, *type, *transport, *local;
	uint16_t port;      /* 0: every one */
	struct addr client; /* ADDR_NONE: not said */
	bool tcp, udp, json;
};

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
make_query(struct cfc *c, const struct explain_args *a, struct cfc_query *q)
{
	struct cfc_token tok = { .text = a->name, .len = strlen(a->name), .span = cfc_no_span() };
	struct cfc_bind b = { .c = c };

	*q = (struct cfc_query){
		.type = DNS_TYPE_A,
		.qclass = DNS_CLASS_IN,
		.tcp = a->tcp,
		.transport_known = a->tcp || a->udp,
		.client = a->client,
	};
	if (a->type != NULL && dns_type_parse(&q->type, a->type, strlen(a->type)) != 0) {
		cfc_error(c, cfc_no_span(), "CF9006", "'%s' is not a record type", a->type);
		if (a->corefile == NULL && access(a->name, F_OK) == 0)
			cfc_note(c, cfc_no_span(),
				 "there is a file '%s': for a Corefile say '-f %s'", a->name,
				 a->name);
		return false;
	}
	return cfc_bind_name(&b, &tok, &q->name);
}

static void
explain_plan(struct cfc *c, const struct cfc_plan *plan, const struct explain_args *a)
{
	if (a->json)
		cfc_json_print(cfc_explain_plan_json(c, plan), stdout);
	else
		cfc_explain_plan(c, plan, stdout);
}

static json_t *
query_json(const struct cfc_query *q)
{
	char type[DNS_TYPES_TEXT_MAX], client[ADDR_TEXT_MAX];
	const char *from = NULL;

	dns_type_format(q->type, type);
	if (q->client.family != ADDR_NONE) {
		addr_format(&q->client, client);
		from = client;
	}
	return cfc_json("{s:s, s:s, s:s?}", "name", q->name.text, "type", type, "client", from);
}

static void
explain_query(struct cfc *c, const struct cfc_plan *plan, const struct explain_args *a,
	      const struct cfc_query *q)
{
	json_t *paths = cfc_json("[]");

	for (size_t i = 0; i < plan->nlistens; i++) {
		struct cfc_trace t;

		if (!listens_on(&plan->listens[i], a))
			continue;
		cfc_trace(c, &plan->listens[i], q, &t);
		json_array_append_new(paths, cfc_explain_query_json(&t));
		if (!a->json)
			cfc_explain_query(q, &t, stdout);
	}
	if (!a->json && json_array_size(paths) == 0)
		puts("nothing listens there");
	if (a->json)
		cfc_json_print(cfc_json("{s:o, s:O}", "query", query_json(q), "paths", paths),
			       stdout);
	json_decref(paths);
}

static int
explain(struct cfc *c, const struct cfc_program *program, const struct explain_args *a)
{
	struct cfc_query q;

	if (a->name == NULL) {
		explain_plan(c, program->plan, a);
		return CFC_EXIT_OK;
	}
	if (!make_query(c, a, &q))
		return CFC_EXIT_USAGE;
	explain_query(c, program->plan, a, &q);
	return CFC_EXIT_OK;
}

static int
run_explain(struct cfc_call *call)
{
	struct explain_args *a = call->args;
	struct cfc_program program;
	struct cfc c;

	if (call->nwords > 2 && a->corefile == NULL && access(call->words[0], F_OK) == 0)
		return cfc_usage(call->self, "unexpected '%s' (for a Corefile say '-f %s')",
				 call->words[2], call->words[0]);
	if (call->nwords > 2)
		return cfc_usage(call->self, "unexpected '%s'", call->words[2]);
	a->name = call->nwords > 0 ? call->words[0] : NULL;
	a->type = call->nwords > 1 ? call->words[1] : NULL;
	call->settings->plan_wanted = true;
	cfc_init(&c);
	int status = cfc_settings_load(call->settings, &c, a->corefile, &program);
	if (status == CFC_EXIT_OK)
		status = explain(&c, &program, a);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

/* ---- command line ---- */

static bool
parse_format(struct explain_args *a, const char *arg)
{
	a->json = strcmp(arg, "json") == 0;
	return a->json || strcmp(arg, "text") == 0;
}

/* udp and tcp say how a query comes to a listener of the scheme dns. */
static bool
parse_transport(struct explain_args *a, const char *arg)
{
	bool known = false;

	a->tcp = strcmp(arg, "tcp") == 0;
	a->udp = strcmp(arg, "udp") == 0;
	a->transport = a->tcp || a->udp ? "dns" : arg;
	for (int scheme = 0; !known && scheme <= CFC_SCHEME_HTTPS3; scheme++)
		known = strcmp(cfc_scheme_name((enum cfc_scheme)scheme), a->transport) == 0;
	return known;
}

static const struct option longs[] = {
	{ "corefile", required_argument, NULL, 'f' },
	{ "transport", required_argument, NULL, 't' },
	{ "port", required_argument, NULL, 'p' },
	{ "local", required_argument, NULL, 'l' },
	{ "client", required_argument, NULL, 'c' },
	{ "format", required_argument, NULL, 'F' },
	{ "help", no_argument, NULL, 'h' },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct explain_args *a = call->args;
	size_t len = strlen(argument); /* they all have one */

	switch (ch) {
	case 'f':
		a->corefile = argument;
		return NULL;
	case 't':
		return parse_transport(a, argument) ? NULL : "a scheme, udp or tcp";
	case 'l':
		a->local = argument;
		return NULL;
	case 'p':
		return num_parse_u16(&a->port, argument, len) == 0 ? NULL : "a port";
	case 'c':
		return addr_parse(&a->client, argument, len) == 0 ? NULL : "an address";
	default:
		return parse_format(a, argument) ? NULL : "text or json";
	}
}

const struct cfc_command cfc_cmd_explain = {
	.name = "explain",
	.synopsis = "[OPTION...] [NAME [TYPE]]",
	.summary = "Tells what a Corefile means, or what happens to one query",
	.help = "  -f, --corefile FILE    (default: ./Corefile; '-' is standard input)\n"
		"      --transport T      only listeners of this scheme: dns, tls, ...; udp and tcp\n"
		"                         are dns, and say which of the two to expressions\n"
		"      --port N           only listeners on this port\n"
		"      --local ADDR       only listeners on this address (as in 'bind')\n"
		"      --client IP        the client's address, for acl and view\n"
		"      --format FORMAT    text or json\n" CFC_SETTINGS_HELP
		"Without NAME: the listeners, server blocks and chains, with the lines they come from.\n"
		"With NAME (and TYPE, default A): which block takes the query, which plugins see it, and\n"
		"what each of them decides, as far as that is known before the server runs.\n",
	.letters = ":f:h",
	.longs = longs,
	.args_size = sizeof(struct explain_args),
	.take = take_option,
	.run = run_explain,
};
