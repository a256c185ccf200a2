/*
 * explain_query.c - the way of one query, in words and as JSON.
 */
#include "config.h"

#include "compiler/command/explain.h"

#include "compiler/report/json.h"
#include "dns/types.h"

static const char *
result_of(const struct cfc_trace *t)
{
	if (t->site == NULL)
		return "refused";
	if (!t->ended)
		return "servfail";
	switch (t->steps[t->nsteps - 1].outcome) {
	case CFC_OUTCOME_ANSWERS:
		return "answered";
	case CFC_OUTCOME_ASKS:
		return "asked";
	case CFC_OUTCOME_DROPS:
		return "dropped";
	case CFC_OUTCOME_ENDS:
		return "error";
	case CFC_OUTCOME_PASSES:
	case CFC_OUTCOME_MAY_END:
		break;
	}
	return "servfail";
}

/* ---- in words ---- */

static void
print_asked(const struct cfc_trace *t, FILE *out)
{
	for (unsigned i = 0; i < t->nasked; i++) {
		const struct cfc_trace_asked *a = &t->asked[i];

		fprintf(out, "  %s zone %s, view '%s' of the server block at %s: %s\n",
			a->takes == CFC_NO ? "not" : "perhaps", a->site->zone.text,
			a->site->block->view, cfc_place_text(t->c, &a->site->span), a->text);
	}
}

void
cfc_explain_query(const struct cfc_query *asked, const struct cfc_trace *t, FILE *out)
{
	char type[DNS_TYPES_TEXT_MAX], client[ADDR_TEXT_MAX];

	dns_type_format(asked->type, type);
	fprintf(out, "%s %s to %s\n", asked->name.text, type, cfc_listen_text(t->c, t->listen));
	if (asked->client.family != ADDR_NONE) {
		addr_format(&asked->client, client);
		fprintf(out, "  from %s\n", client);
	}
	print_asked(t, out);
	if (t->site == NULL) {
		fputs("  REFUSED: no server block here has a zone that it is in\n", out);
		return;
	}
	fprintf(out, "  zone %s of the server block at %s\n", t->site->zone.text,
		cfc_place_text(t->c, &t->site->span));
	if (t->taken != NULL)
		fprintf(out, "  view '%s': %s\n", t->site->block->view, t->taken);
	for (unsigned i = 0; i < t->nsteps; i++)
		fprintf(out, "  %-12s %s  %s\n", t->steps[i].in->plugin->name,
			cfc_place_text(t->c, &t->steps[i].in->directive->name.span),
			t->steps[i].text);
	if (!t->ended)
		fputs("  when nothing has answered: SERVFAIL\n", out);
}

/* ---- as JSON ---- */

static json_t *
site_json(const struct cfc_site *site)
{
	return cfc_json("{s:s, s:i, s:s?, s:o}", "zone", site->zone.text, "block",
			(int)site->block->index + 1, "view", site->block->view, "place",
			cfc_place_json(&site->span));
}

json_t *
cfc_explain_query_json(const struct cfc_trace *t)
{
	json_t *asked = cfc_json("[]"), *steps = cfc_json("[]");

	for (unsigned i = 0; i < t->nasked; i++)
		json_array_append_new(
			asked, cfc_json("{s:o, s:s, s:s}", "site", site_json(t->asked[i].site),
					"takes", t->asked[i].takes == CFC_NO ? "no" : "perhaps",
					"text", t->asked[i].text));
	for (unsigned i = 0; i < t->nsteps; i++)
		json_array_append_new(
			steps,
			cfc_json("{s:s, s:s, s:s, s:o}", "plugin", t->steps[i].in->plugin->name,
				 "outcome", cfc_outcome_name(t->steps[i].outcome), "text",
				 t->steps[i].text, "place",
				 cfc_place_json(&t->steps[i].in->directive->name.span)));
	return cfc_json("{s:s, s:o?, s:o, s:o, s:s}", "listener", cfc_listen_text(t->c, t->listen),
			"site", t->site != NULL ? site_json(t->site) : NULL, "asked", asked,
			"steps", steps, "result", result_of(t));
}
