/*
 * plugins.h - the plugins of this build, in chain order.
 *
 * The list is made from plugins/order.def; folders given by --plugin are put into it at run time
 * (emit/external.c).  Every directive of CoreDNS is in it, if only to be checked (CFC_LINT_ONLY).
 */
#ifndef COMPILER_PLUGINS_H
#define COMPILER_PLUGINS_H

#include <stdbool.h>
#include <stddef.h>

struct cfc;
struct cfc_plugin;
struct cfc_token;

/* Sets c->plugins to the list of order.def. */
void cfc_plugins_init(struct cfc *c);

/* Puts one more in, before the plugin that it names.  The descriptor must outlive c. */
void cfc_plugins_add(struct cfc *c, const struct cfc_plugin *plugin);

/* Reports a directive that is no plugin of this build, with the best help there is. */
void cfc_plugin_unknown(struct cfc *c, const struct cfc_token *name);

#endif
