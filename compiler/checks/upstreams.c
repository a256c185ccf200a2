/*
 * upstreams.c - rules about what is said of upstreams: CF2026 options that do nothing with them, CF3020
 * upstreams that do not know the same names.
 */
#include "config.h"

#include <string.h>

#include "base/addr.h"
#include "compiler/checks/checks.h"
#include "compiler/checks/facts.h"
#include "compiler/fix.h"

/* TO begins behind FROM. */
#define FIRST_TO 1u

static bool
is_encrypted(const struct cfc_token *to)
{
	static const char *const schemes[] = { "tls://", "https://", "https3://", "quic://" };

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		if (strncmp(to->text, schemes[i], strlen(schemes[i])) == 0)
			return true;
	}
	return false;
}

static bool
is_address(const struct cfc_token *to, struct addr *a)
{
	const char *text = strstr(to->text, "://");

	text = text == NULL ? to->text : text + 3;
	return addr_parse(a, text, strcspn(text, "%")) == 0;
}

static bool
is_forward(const struct cfc_instance *in)
{
	return strcmp(in->plugin->name, "forward") == 0 && in->directive->nargs > FIRST_TO;
}

typedef void forward_fn(struct cfc *c, const struct cfc_rule *self, const struct cfc_directive *d);

static void
each_forward(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan,
	     forward_fn *check)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (is_forward(in))
				check(c, self, in->directive);
		}
	}
}

/* ---- CF2026 ---- */

/* Options that say something about one way of asking. */
static const struct {
	const char *option;
	bool encrypted; /* about upstreams with a scheme such as tls://, else about the others */
} ways[] = {
	{ "tls", true },
	{ "tls_servername", true },
	{ "force_tcp", false },
	{ "prefer_udp", false },
};

static void
report_idle(struct cfc *c, const struct cfc_rule *self, const struct cfc_line *line,
	    const char *why)
{
	cfc_rule_report(c, self, line->tokens[0].span, "'%s' has no effect: %s",
			line->tokens[0].text, why);
}

static void
check_ways(struct cfc *c, const struct cfc_rule *self, const struct cfc_directive *d)
{
	size_t encrypted = 0, all = d->nargs - FIRST_TO;

	for (size_t i = FIRST_TO; i < d->nargs; i++)
		encrypted += is_encrypted(&d->args[i]);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct cfc_line *line = cfc_find_line(d, ways[i].option);

		if (line == NULL || (ways[i].encrypted ? encrypted : all - encrypted) > 0)
			continue;
		if (ways[i].encrypted) {
			report_idle(c, self, line, "the upstreams are asked in clear text");
			cfc_note(c, d->args[FIRST_TO].span, "write 'tls://%s' to have it encrypted",
				 d->args[FIRST_TO].text);
			continue;
		}
		report_idle(c, self, line, "encrypted upstreams have their own transport");
		cfc_fix_delete_line(c, "remove the line", line);
	}
}

static void
check_idle(struct cfc *c, const struct cfc_rule *self, const struct cfc_directive *d)
{
	const struct cfc_line *tcp = cfc_find_line(d, "force_tcp");
	const struct cfc_line *udp = cfc_find_line(d, "prefer_udp");
	const struct cfc_line *fails = cfc_find_line(d, "max_fails");
	const struct cfc_line *health = cfc_find_line(d, "health_check");
	const struct cfc_line *over = cfc_find_line(d, "failover");
	struct addr a;

	check_ways(c, self, d);
	if (tcp != NULL && udp != NULL) {
		report_idle(c, self, udp, "'force_tcp' goes before it");
		cfc_note(c, tcp->tokens[0].span, "it is here");
	}
	if (health != NULL && fails != NULL && fails->ntokens > 1 &&
	    strcmp(fails->tokens[1].text, "0") == 0) {
		report_idle(c, self, health, "no upstream is ever down");
		cfc_note(c, fails->tokens[0].span, "because of this");
	}
	if (over != NULL && d->nargs == FIRST_TO + 1 && is_address(&d->args[FIRST_TO], &a)) {
		report_idle(c, self, over, "there is no other upstream");
		cfc_note(c, d->args[FIRST_TO].span, "this is the only one");
	}
}

void
cfc_check_idle_options(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_forward(c, self, plan, check_idle);
}

/* ---- CF3020 ---- */

/* Resolvers for everybody, which know no name of a private network. */
static bool
is_for_everybody(const struct addr *a)
{
	static const struct cidr networks[] = {
		CFC_NET4(24, 1, 1, 1),
		CFC_NET4(24, 1, 0, 0),
		CFC_NET4(32, 8, 8, 8, 8),
		CFC_NET4(32, 8, 8, 4, 4),
		CFC_NET4(24, 9, 9, 9),
		CFC_NET4(24, 149, 112, 112),
		CFC_NET4(22, 208, 67, 220),
		CFC_NET4(23, 94, 140, 14),
		CFC_NET4(23, 185, 228, 168),
		CFC_NET4(23, 64, 6, 64),
		CFC_NET6(48, 0x26, 0x06, 0x47, 0x00, 0x47, 0x00),
		CFC_NET6(48, 0x20, 0x01, 0x48, 0x60, 0x48, 0x60),
		CFC_NET6(48, 0x26, 0x20, 0x00, 0xfe),
	};

	return cfc_addr_is_in(a, networks, ARRAY_SIZE(networks));
}

static bool
is_in_order(const struct cfc_directive *d)
{
	const struct cfc_line *policy = cfc_find_line(d, "policy");

	return policy != NULL && policy->ntokens > 1 &&
	       strcmp(policy->tokens[1].text, "sequential") == 0;
}

static void
check_mixed(struct cfc *c, const struct cfc_rule *self, const struct cfc_directive *d)
{
	const struct cfc_token *inside = NULL, *outside = NULL;
	struct addr a;

	for (size_t i = FIRST_TO; i < d->nargs; i++) {
		if (!is_address(&d->args[i], &a))
			continue;
		if (inside == NULL && cfc_addr_is_private(&a) && !addr_is_loopback(&a))
			inside = &d->args[i];
		if (outside == NULL && is_for_everybody(&a))
			outside = &d->args[i];
	}
	if (inside == NULL || outside == NULL || is_in_order(d))
		return;
	cfc_rule_report(c, self, outside->span,
			"names that only '%s' knows do not exist whenever '%s' is asked",
			inside->text, outside->text);
	cfc_note(c, inside->span,
		 "each query goes to any of them; an answer that there is no such name is final");
	cfc_note(c, cfc_no_span(),
		 "forward the zones that are known inside in a server block of their own");
}

void
cfc_check_mixed_upstreams(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	each_forward(c, self, plan, check_mixed);
}
