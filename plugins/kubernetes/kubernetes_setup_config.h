/*
 * kubernetes_setup_config.h - the file of `kubeconfig`, as far as CoreDNS's start depends on it.
 */
#ifndef KUBERNETES_SETUP_CONFIG_H
#define KUBERNETES_SETUP_CONFIG_H

#include "compiler/cfc.h"

/*
 * NULL when a client can be made of the text with the context of that name (NULL = the file's
 * current-context), otherwise what is wrong.  Of YAML only lines are read, `key: value` and `- item`; a
 * text in braces (JSON) is taken as it is.
 */
const char *kubernetes_config_fault(struct cfc *c, const char *text, const char *context);

#endif
