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
	{ "proxy", "'forward' took its place" },
	{ "federation", "Kubernetes federation v1 is gone, nothing took its place" },
	{ "reverse", "'template' took its place" },
	{ "upstream", "CNAMEs are looked up through the server itself" },
	{ "middleware", "plugins are directives of their own" },
	{ "startup", "'on startup COMMAND' took its place" },
	{ "shutdown", "'on shutdown COMMAND' took its place" },
};

/* Plugins that people build CoreDNS with, and that it does not come with. */
static const char *const external[] = {
	"ads",          "alias",
	"alternate",    "blocklist",
	"consul",       "docker",
	"dnsredir",     "fanout",
	"filterlist",   "finalize",
	"gslb",         "ipset",
	"k8s_crd",      "k8s_gateway",
	"kubernetai",   "lighthouse",
	"mdns",         "meshdns",
	"multicluster", "mysql",
	"netbox",       "ocp_dnsnameresolver",
	"pdsql",        "records",
	"redis",        "redisc",
	"rrl",          "slog",
	"tailscale",    "unbound",
};

static bool
is_external(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(external); i++) {
		if (strcmp(external[i], name) == 0)
			return true;
	}
	return false;
}

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
			cfc_note(c, name->span, "CoreDNS has it no more: %s", removed[i].instead);
			return;
		}
	}
	if (is_external(name->text)) {
		cfc_note(c, name->span,
			 "a plugin of that name exists outside CoreDNS; it has to be added by "
			 "'--plugin DIR'");
		return;
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
