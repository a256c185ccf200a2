/*
 * fields.c - the fields of a plugin's configuration, as its tables name them.
 */
#include "config.h"

#include "compiler/fields.h"

#include <string.h>

struct field_walk {
	const struct cfc_plugin *plugin;
	bool *seen; /* by offset */
	void (*each)(void *arg, const struct cfc_field *field, const char *unit);
	void *arg;
};

static const char *
unit_of(const struct cfc_arg *arg)
{
	if (arg->unit != NULL)
		return arg->unit;
	if (arg->kind == CFC_SECONDS)
		return "seconds";
	return arg->kind == CFC_PERCENT ? "percent" : NULL;
}

static void
walk_field(struct field_walk *w, const struct cfc_field *f, const char *unit)
{
	if (w->seen[f->offset])
		return;
	w->seen[f->offset] = true;
	w->each(w->arg, f, unit);
}

static void
walk_option(struct field_walk *w, const struct cfc_option *opt)
{
	struct cfc_field f = { .field = opt->flag_field, .kind = CFC_FLAG };

	f.offset = opt->flag_offset;
	if (f.field != NULL)
		walk_field(w, &f, NULL);
	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];

		if (arg->kind == CFC_NONE || arg->field == NULL)
			continue;
		f = (struct cfc_field){ .field = arg->field,
					.kind = arg->kind,
					.offset = arg->offset,
					.values = arg->values,
					.secret = arg->secret };
		walk_field(w, &f, unit_of(arg));
	}
}

void
cfc_each_field(const struct cfc_plugin *plugin,
	       void (*each)(void *arg, const struct cfc_field *field, const char *unit), void *arg)
{
	bool seen[plugin->config_size + 1];
	struct field_walk w = { plugin, seen, each, arg };

	memset(seen, 0, sizeof(seen));
	walk_option(&w, &plugin->directive);
	for (unsigned i = 0; i < plugin->noptions; i++)
		walk_option(&w, &plugin->options[i]);
	for (unsigned i = 0; i < plugin->nfields; i++)
		walk_field(&w, &plugin->fields[i], plugin->fields[i].comment);
}
