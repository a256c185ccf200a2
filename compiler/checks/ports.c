/*
 * ports.c - rules about addresses that more than one thing claims: HTTP endpoints of plugins
 * and DNS over TCP.
 */
#include "config.h"

#include "compiler/checks/checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/map.h"

/* Where a plugin's instance serves HTTP. */
struct endpoint {
	const struct cfc_instance *in;
	const char *text;
	struct addr addr; /* port set; unspecified address: all */
};

struct endpoints {
	struct endpoint *v;
	unsigned n;
};

/* "localhost:80", ":80", "[::1]:80" as the runtime reads them; false: the server will tell. */
static bool
parse_endpoint(const char *text, struct addr *out)
{
	static const char localhost[] = "localhost:";
	static const uint8_t loopback[4] = { 127, 0, 0, 1 }, any[4] = { 0 };

	if (text[0] == ':')
		addr_from_v4(out, any, (uint16_t)strtoul(text + 1, NULL, 10));
	else if (strncmp(text, localhost, strlen(localhost)) == 0)
		addr_from_v4(out, loopback, (uint16_t)strtoul(text + strlen(localhost), NULL, 10));
	else if (addr_parse(out, text, strlen(text)) != 0)
		return false;
	return out->port != 0;
}

static struct cfc_span
span_of(const struct endpoint *e)
{
	const struct cfc_directive *d = e->in->directive;

	return d->nargs > 0 ? d->args[0].span : d->name.span;
}

static struct endpoints
collect(struct cfc *c, const struct cfc_plan *plan)
{
	struct cfc_bind b = { .c = c };
	struct endpoints list = { NULL, 0 };

	for (size_t i = 0; i < plan->nblocks; i++) {
		for (const struct cfc_instance *in = plan->blocks[i]->instances; in;
		     in = in->next) {
			const struct cfc_option *opt = &in->plugin->directive;

			for (unsigned j = 0; j < opt->nargs; j++) {
				struct endpoint e = { .in = in };

				if (opt->args[j].kind != CFC_ENDPOINT)
					continue;
				memcpy(&e.text, (const char *)in->config + opt->args[j].offset,
				       sizeof(e.text));
				if (parse_endpoint(e.text, &e.addr))
					*(struct endpoint *)cfc_list_add(&b, &list, sizeof(e)) = e;
			}
		}
	}
	return list;
}

static bool
overlap(const struct addr *a, const struct addr *b)
{
	return a->port == b->port &&
	       (addr_is_unspecified(a) || addr_is_unspecified(b) || addr_same_host(a, b));
}

/* Instances of a plugin that say the same, whichever of them is asked. */
static bool
is_shared(const struct endpoint *a, const struct endpoint *b)
{
	return a->in->plugin == b->in->plugin && strcmp(a->in->plugin->name, "health") != 0;
}

/* ---- CF3006 ---- */

static void
check_pair(struct cfc *c, const struct cfc_rule *self, const struct endpoint *first,
	   const struct endpoint *second)
{
	if (!overlap(&first->addr, &second->addr))
		return;
	if (!addr_equal(&first->addr, &second->addr)) {
		cfc_rule_report(c, self, span_of(second),
				"'%s' cannot listen on %s: '%s' listens on %s",
				second->in->plugin->name, second->text, first->in->plugin->name,
				first->text);
		cfc_note(c, span_of(first), "the other one is here");
		return;
	}
	if (is_shared(first, second))
		return;
	cfc_warn(c, span_of(second), self->id, "'%s' and '%s' are both on %s",
		 first->in->plugin->name, second->in->plugin->name, second->text);
	cfc_note(c, span_of(first), "the other one is here");
	cfc_note(c, cfc_no_span(),
		 "this server serves both; CoreDNS would spread requests over them at random");
}

static bool
listens_on(const struct cfc_listen *l, const struct addr *a)
{
	if (l->port != a->port)
		return false;
	for (size_t i = 0; i < l->nbinds; i++) {
		const char *zone;
		size_t zone_len;
		struct addr bound;

		if (l->binds[i].except)
			continue;
		if (addr_is_unspecified(a))
			return true;
		/* What addresses an interface will have is not known. */
		if (addr_parse_zone(&bound, l->binds[i].text, strlen(l->binds[i].text), &zone,
				    &zone_len) == 0 &&
		    (addr_is_unspecified(&bound) || addr_same_host(&bound, a)))
			return true;
	}
	return l->nbinds == 0;
}

/* What is on one port. */
struct on_port {
	struct endpoint *v; /* of those with one text and plugin the first */
	unsigned n;
	struct {
		const struct cfc_listen **v;
		unsigned n;
	} listens; /* that have DNS over TCP there */
};

struct ports {
	struct cfc *c;
	struct map *used; /* port -> struct on_port */
	struct map *said; /* plugin and text of endpoints */
};

static struct on_port *
on_port(struct ports *p, uint16_t port)
{
	struct on_port *on = map_get(p->used, (const char *)&port, sizeof(port));

	if (on == NULL) {
		on = cfc_array(p->c, 1, sizeof(*on));
		cfc_map_set(p->used, &port, sizeof(port), on);
	}
	return on;
}

static void
collect_listens(struct ports *p, const struct cfc_plan *plan)
{
	struct cfc_bind b = { .c = p->c };

	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		if (l->scheme != CFC_SCHEME_QUIC && l->nsites > 0)
			*(const struct cfc_listen **)cfc_list_add(&b, &on_port(p, l->port)->listens,
								  sizeof(l)) = l;
	}
}

/* Whatever another one says of those that come later has been said by the first of its kind. */
static void
add_endpoint(struct ports *p, struct on_port *on, const struct endpoint *e)
{
	struct cfc_bind b = { .c = p->c };
	const char *key = cfc_printf(p->c, "%s %s", e->in->plugin->name, e->text);

	if (cfc_map_get(p->said, key, strlen(key)) != NULL)
		return;
	cfc_map_set(p->said, key, strlen(key), e);
	*(struct endpoint *)cfc_list_add(&b, on, sizeof(*e)) = *e;
}

static void
check_listens(struct cfc *c, const struct cfc_rule *self, const struct on_port *on,
	      const struct endpoint *e)
{
	for (unsigned i = 0; i < on->listens.n; i++) {
		const struct cfc_listen *l = on->listens.v[i];

		if (!listens_on(l, &e->addr))
			continue;
		cfc_rule_report(c, self, span_of(e),
				"'%s' cannot listen on %s: DNS over TCP is served there",
				e->in->plugin->name, e->text);
		cfc_note(c, l->sites[0].span, "by this server block");
		return;
	}
}

void
cfc_check_ports(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	struct endpoints list = collect(c, plan);
	struct ports p = { c, cfc_map(c), cfc_map(c) };

	collect_listens(&p, plan);
	for (unsigned i = 0; i < list.n; i++) {
		const struct endpoint *e = &list.v[i];
		struct on_port *on = on_port(&p, e->addr.port);

		for (unsigned j = 0; j < on->n; j++)
			check_pair(c, self, &on->v[j], e);
		check_listens(c, self, on, e);
		add_endpoint(&p, on, e);
	}
}

/* ---- CF3018 ---- */

/* The value of ready's option `monitor`. */
static int
monitor_of(const struct cfc_instance *in)
{
	for (unsigned i = 0; i < in->plugin->noptions; i++) {
		const struct cfc_option *opt = &in->plugin->options[i];
		int value;

		if (strcmp(opt->name, "monitor") != 0 || opt->nargs == 0)
			continue;
		memcpy(&value, (const char *)in->config + opt->args[0].offset, sizeof(value));
		return value;
	}
	return 0;
}

/* Of all `ready` on one address, the first with each value of `monitor`. */
struct monitors {
	struct {
		const struct endpoint **v;
		unsigned n;
	} first;
};

static void
check_monitor(struct cfc *c, const struct cfc_rule *self, struct monitors *known,
	      const struct endpoint *e)
{
	struct cfc_bind b = { .c = c };
	bool met = false;

	for (unsigned i = 0; i < known->first.n; i++)
		met = met || monitor_of(known->first.v[i]->in) == monitor_of(e->in);
	if (!met)
		*(const struct endpoint **)cfc_list_add(&b, &known->first, sizeof(e)) = e;
	for (unsigned i = 0; i < known->first.n; i++) {
		const struct endpoint *other = known->first.v[i];

		if (monitor_of(other->in) == monitor_of(e->in))
			continue;
		cfc_rule_report(c, self, e->in->directive->name.span,
				"this 'ready' and another on %s differ in 'monitor'", e->text);
		cfc_note(c, other->in->directive->name.span,
			 "this one decides; in CoreDNS the last one does");
		return;
	}
}

void
cfc_check_monitors(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	struct endpoints list = collect(c, plan);
	struct map *addresses = cfc_map(c);

	for (unsigned i = 0; i < list.n; i++) {
		const struct endpoint *e = &list.v[i];
		char text[ADDR_TEXT_MAX];

		if (strcmp(e->in->plugin->name, "ready") != 0)
			continue;
		addr_format_port(&e->addr, text);
		struct monitors *known = map_get_str(addresses, text);
		if (known == NULL) {
			known = cfc_array(c, 1, sizeof(*known));
			cfc_map_set(addresses, text, strlen(text), known);
		}
		check_monitor(c, self, known, e);
	}
}
