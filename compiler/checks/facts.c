/*
 * facts.c - what rules ask about a plan.
 */
#include "config.h"

#include "compiler/checks/facts.h"

#include <string.h>
#include <strings.h>

#include "compiler/checks/chain.h"
#include "compiler/fields.h"
#include "dns/name.h"

struct search {
	const char *name;
	enum cfc_kind kind;
	const struct cfc_field *found;
	struct cfc_field copy;
};

static void
match_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct search *s = arg;

	(void)unit;
	if (s->found != NULL || f->kind != s->kind ||
	    (s->name != NULL && strcmp(f->field, s->name) != 0))
		return;
	s->copy = *f;
	s->found = &s->copy;
}

bool
cfc_for(const struct cfc *c, unsigned profiles)
{
	return ((profiles >> c->profile) & 1) != 0;
}

bool
cfc_addr_is_in(const struct addr *a, const struct cidr *networks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (cidr_contains(&networks[i], a))
			return true;
	}
	return false;
}

bool
cfc_addr_is_private(const struct addr *a)
{
	static const struct cidr networks[] = {
		CFC_NET4(8, 0, 0, 0, 0),      CFC_NET4(8, 10, 0, 0, 0),
		CFC_NET4(10, 100, 64, 0, 0),  CFC_NET4(8, 127, 0, 0, 0),
		CFC_NET4(16, 169, 254, 0, 0), CFC_NET4(12, 172, 16, 0, 0),
		CFC_NET4(16, 192, 168, 0, 0), CFC_NET6(7, 0xfc),
		CFC_NET6(10, 0xfe, 0x80),     CFC_NET6(128, [15] = 1),
	};

	return !addr_is_unspecified(a) && cfc_addr_is_in(a, networks, ARRAY_SIZE(networks));
}

bool
cfc_block_is_public(const struct cfc_block *block)
{
	for (size_t i = 0; i < block->nbinds; i++) {
		const char *text = block->binds[i].text, *zone;
		struct addr a;
		size_t zone_len;

		/* An interface was chosen by somebody who knows what it is connected to. */
		if (!block->binds[i].except &&
		    addr_parse_zone(&a, text, strlen(text), &zone, &zone_len) == 0 &&
		    !cfc_addr_is_private(&a))
			return true;
	}
	return block->nbinds == 0;
}

const void *
cfc_instance_field(const struct cfc_instance *in, const char *field, enum cfc_kind kind)
{
	struct search s = { .name = field, .kind = kind };

	cfc_each_field(in->plugin, match_field, &s);
	return s.found == NULL ? NULL : (const char *)in->config + s.found->offset;
}

const char *
cfc_instance_text(const struct cfc_instance *in, const char *field, enum cfc_kind kind)
{
	const char *const *text = cfc_instance_field(in, field, kind);

	return text == NULL ? NULL : *text;
}

/* Whether the word may be the zone, as seen by its length: escapes aside only the final dot may differ. */
static bool
may_be(const struct cfc_token *word, const struct rt_name *zone)
{
	size_t len = strlen(zone->text);

	return word->len == len || word->len + 1 == len || strchr(word->text, '\\') != NULL ||
	       strchr(zone->text, '\\') != NULL;
}

struct cfc_span
cfc_zone_span(const struct cfc_directive *d, const struct rt_name *zone)
{
	uint8_t wire[DNS_NAME_BUF];

	for (size_t i = 0; i < d->nargs; i++) {
		if (may_be(&d->args[i], zone) &&
		    dns_name_from_text(wire, d->args[i].text, d->args[i].len) > 0 &&
		    dns_name_equal(wire, zone->wire))
			return d->args[i].span;
	}
	return d->name.span;
}

const char *
cfc_zone_words(const struct rt_name *zone)
{
	return zone->nlabels == 0 ? "all names" : zone->text;
}

const struct rt_name *
cfc_zones_meet(const struct rt_name *a, const struct rt_name *b)
{
	if (dns_name_is_subdomain(a->wire, b->wire))
		return a;
	return dns_name_is_subdomain(b->wire, a->wire) ? b : NULL;
}

/* Arguments of the directive's own line that are zones. */
static bool
written_zones(const struct cfc_instance *in, struct rt_names *out)
{
	const struct cfc_option *opt = &in->plugin->directive;

	for (unsigned i = 0; i < opt->nargs; i++) {
		const void *field = (const char *)in->config + opt->args[i].offset;

		if (opt->args[i].kind == CFC_ZONES) {
			*out = *(const struct rt_names *)field;
			return out->n > 0 && in->was_set[opt->args[i].offset];
		}
		if (opt->args[i].kind == CFC_NAME) {
			*out = (struct rt_names){ field, 1 };
			return true;
		}
	}
	return false;
}

bool
cfc_instance_zones(const struct cfc_instance *in, const struct cfc_block *block,
		   struct rt_names *out)
{
	const struct rt_name *from = cfc_instance_field(in, "from", CFC_NAME);
	const struct rt_names *zones = cfc_instance_field(in, "zones", CFC_NAMES);

	if (from != NULL) {
		*out = (struct rt_names){ from, 1 };
		return true;
	}
	if (zones != NULL && zones->n > 0) {
		*out = *zones;
		return true;
	}
	if (written_zones(in, out))
		return true;
	*out = block->zones;
	return false;
}

struct rt_names
cfc_instance_reach(struct cfc *c, const struct cfc_instance *in, const struct cfc_block *block)
{
	return cfc_chain_reach(c, block, in)->names;
}

bool
cfc_instance_forwards(const struct cfc_instance *in)
{
	return strcmp(in->plugin->name, "forward") == 0 || strcmp(in->plugin->name, "grpc") == 0;
}

const struct rt_fallthrough *
cfc_instance_fallthrough(const struct cfc_instance *in)
{
	const struct rt_fallthrough *f = cfc_instance_field(in, NULL, CFC_FALLTHROUGH);

	return f != NULL && f->enabled ? f : NULL;
}

const struct cfc_site *
cfc_listen_find(const struct cfc_listen *l, const struct rt_name *zone)
{
	for (unsigned i = 0; i <= zone->nlabels; i++) {
		const struct cfc_zone_sites *sites =
			cfc_listen_sites(l, dns_name_parent(zone->wire, i));

		if (sites != NULL)
			return sites->site;
	}
	return NULL;
}
