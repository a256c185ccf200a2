/*
 * external.c - plugins outside the tree: `--plugin DIR`.
 *
 * DIR/NAME_setup.c is compiled into a shared object and loaded into this process for its descriptor;
 * build.c compiles DIR/NAME.c into the server.  The process that loads it runs with the user's
 * own rights on the user's own code: there is nothing to protect it from.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/command/command.h"
#include "compiler/plugins.h"
#include "compiler/emit/toolchain.h"

static bool
refuse(struct cfc *c, const char *dir, const char *why)
{
	cfc_error(c, cfc_no_span(), "CF9005", "cannot use the plugin in '%s': %s", dir, why);
	cfc_note(c, cfc_no_span(),
		 "a folder NAME with NAME.h, NAME_setup.c and NAME.c is expected, see "
		 "doc/plugin-howto.md");
	return false;
}

static const struct cfc_plugin *
load(struct cfc *c, const struct cfc_toolchain *tc, const char *dir, const char *name)
{
	const char *source = cfc_printf(c, "%s/%s_setup.c", dir, name), *tmp = getenv("TMPDIR");
	char *object = cfc_printf(c, "%s/corefilec-plugin.XXXXXX",
				  tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");

	int fd = mkstemp(object);
	if (fd < 0) {
		refuse(c, dir, strerror(errno));
		return NULL;
	}
	close(fd);
	const struct cfc_plugin *plugin = NULL;
	if (cfc_toolchain_shared(c, tc, source, object)) {
		/* Never closed: its tables are used until the program ends. */
		void *handle = dlopen(object, RTLD_NOW | RTLD_LOCAL);

		if (handle == NULL)
			refuse(c, dir, dlerror());
		else
			plugin = dlsym(handle, cfc_printf(c, "%s_plugin", name));
		if (handle != NULL && plugin == NULL)
			refuse(c, dir, cfc_printf(c, "it does not define '%s_plugin'", name));
	}
	unlink(object);
	return plugin;
}

bool
cfc_external_add(struct cfc *c, const char *given)
{
	struct cfc_toolchain tc;
	char *real = realpath(given, NULL);

	if (c->plugins == NULL)
		cfc_plugins_init(c);
	if (real == NULL)
		return refuse(c, given, strerror(errno));
	const char *dir = cfc_printf(c, "%s", real), *name = strrchr(dir, '/') + 1;
	free(real);
	if (access(cfc_printf(c, "%s/%s_setup.c", dir, name), R_OK) != 0)
		return refuse(c, given, cfc_printf(c, "it has no %s_setup.c", name));
	if (cfc_plugin_find(c, name, strlen(name)) != NULL)
		return refuse(c, given, cfc_printf(c, "there is a plugin '%s' already", name));
	if (!cfc_toolchain_find(c, &tc))
		return false;
	const struct cfc_plugin *plugin = load(c, &tc, dir, name);
	if (plugin == NULL)
		return false;
	if (strcmp(plugin->name, name) != 0)
		return refuse(c, given, cfc_printf(c, "it calls itself '%s'", plugin->name));
	cfc_plugins_add(c, plugin);
	return true;
}

bool
cfc_external_add_all(struct cfc *c, const struct cfc_strings *dirs)
{
	bool good = true;

	for (size_t i = 0; i < dirs->count; i++)
		good = cfc_external_add(c, dirs->list[i]) && good;
	return good;
}
