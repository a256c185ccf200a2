/*
 * removed.c - options that CoreDNS has no more.
 */
#include "config.h"

#include "compiler/bind/removed.h"

#include <string.h>

#include "base/compiler.h"

#define V CFC_VERSION

static const struct cfc_removed removed[] = {
	{ "kubernetes", "upstream", V(1, 7, 0), "names are looked up by the server itself" },
	{ "kubernetes", "resyncperiod", V(1, 7, 0), "watches need no resynchronisation" },
	{ "file", "upstream", V(1, 5, 0), "names are looked up by the server itself" },
	{ "auto", "upstream", V(1, 5, 0), "names are looked up by the server itself" },
	{ "secondary", "upstream", V(1, 5, 0), "names are looked up by the server itself" },
	{ "etcd", "upstream", V(1, 4, 0), "names are looked up by the server itself" },
	{ "etcd", "stubzones", V(1, 4, 0), "use a server block with `forward` for each zone" },
	{ "etcd", "debug", V(1, 2, 0), "use `log` and `errors`" },
	{ "template", "upstream", V(1, 5, 0), "names are looked up by the server itself" },
	{ "route53", "upstream", V(1, 5, 0), "names are looked up by the server itself" },
	{ "forward", "spray", V(1, 5, 0), "was an option of `proxy`" },
	{ "autopath", "upstream", V(1, 5, 0), "names are looked up by the server itself" },
};

const struct cfc_removed *
cfc_removed_option(const char *directive, const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(removed); i++) {
		if (strcmp(removed[i].directive, directive) == 0 &&
		    strcmp(removed[i].option, option) == 0)
			return &removed[i];
	}
	return NULL;
}
