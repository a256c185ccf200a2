/*
 * plugins.c - the list of plugins, and what to say about directives that are not in it.
 */
#include "config.h"

#include "compiler/plugins.h"

#include <string.h>

#include "compiler/fix.h"
#include "compiler/plugin.h"
#include "compiler/suggest.h"

#define CFC_PLUGIN(name) extern const struct cfc_plugin name##_plugin;
#include "plugins/order.def"
#undef CFC_PLUGIN

static const struct cfc_plugin *const builtin[] = {
#define CFC_PLUGIN(name) &name##_plugin,
#include "plugins/order.def"
#undef CFC_PLUGIN
};

/* Directives that CoreDNS once had, and what took their place. */
static const struct {
	const char *name, *instead;
} removed[] = {
	{ "proxy", "use 'forward'" },
	{ "federation", "remove it: Kubernetes federation v1 is gone" },
	{ "reverse", "use 'template'" },
	{ "upstream", "remove it: CNAMEs are looked up through the server itself" },
	{ "middleware", "plugins are directives of their own" },
};

void
cfc_plugins_init(struct cfc *c)
{
	c->plugins = builtin;
	c->nplugins = ARRAY_SIZE(builtin);
}

void
cfc_plugins_add(struct cfc *c, const struct cfc_plugin *plugin)
{
	const struct cfc_plugin **list = cfc_array(c, c->nplugins + 1, sizeof(*list));
	size_t at = 0;

	while (at < c->nplugins &&
	       (plugin->before == NULL || strcmp(c->plugins[at]->name, plugin->before) != 0)) {
		list[at] = c->plugins[at];
		at++;
	}
	list[at] = plugin;
	for (; at < c->nplugins; at++)
		list[at + 1] = c->plugins[at];
	c->plugins = list;
	c->nplugins++;
}

const struct cfc_plugin *
cfc_plugin_find(const struct cfc *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->nplugins; i++) {
		if (strlen(c->plugins[i]->name) == len &&
		    memcmp(c->plugins[i]->name, name, len) == 0)
			return c->plugins[i];
	}
	return NULL;
}

void
cfc_plugin_unknown(struct cfc *c, const struct cfc_token *name)
{
	const char **names = cfc_array(c, c->nplugins, sizeof(*names));

	cfc_error(c, name->span, "CF1005", "unknown directive '%s'", name->text);
	for (size_t i = 0; i < ARRAY_SIZE(removed); i++) {
		if (strcmp(removed[i].name, name->text) == 0) {
			cfc_note(c, name->span, "CoreDNS removed it: %s", removed[i].instead);
			return;
		}
	}
	for (size_t i = 0; i < c->nplugins; i++)
		names[i] = c->plugins[i]->name;
	const char *near = cfc_suggest(name->text, names, c->nplugins);
	if (near != NULL) {
		cfc_note(c, name->span, "did you mean '%s'?", near);
		cfc_fix_word(c, cfc_printf(c, "write '%s'", near), name, near);
		return;
	}
	cfc_note(c, cfc_no_span(), "'corefilec plugins' lists the directives there are");
}
