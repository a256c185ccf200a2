/*
 * root_setup.c - compile time: the folder that relative file names of the server block start from.
 */
#include "config.h"

#include "root/root.h"

#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"

static const struct cfc_arg root_args[] = {
	{ .name = "PATH",
	  .kind = CFC_STRING,
	  CFC_AT(struct root_config, path),
	  .help = "the folder that relative file names start from" },
};

static bool
root_check(struct cfc_bind *b, void *config)
{
	struct root_config *root = config;
	const struct cfc_directive *d = b->directive;

	/* CoreDNS goes on in pairs of words: the next one is a directive again, whatever it says. */
	if (d->nargs % 2 == 0) {
		cfc_error(b->c, d->args[d->nargs - 1].span, "CF2001", "nothing stands after '%s'",
			  d->args[d->nargs - 1].text);
		return false;
	}
	root->path = d->args[d->nargs - 1].text;
	if (root->path[0] == '\0')
		return cfc_stricter(b->c, b->directive->args[0].span, "CF2002",
				    "the path of 'root' is empty");
	if (cfc_setup_stat(b->c, root->path) != CFC_SETUP_DENIED)
		return true;
	cfc_error(b->c, b->directive->args[0].span, "CF1000", "'%s' cannot be looked at",
		  root->path);
	return false;
}

static bool
root_plan(struct cfc_bind *b, const void *config, struct cfc_block *block)
{
	(void)b;
	block->root = ((const struct root_config *)config)->path;
	return true;
}

const struct cfc_plugin root_plugin = {
	.name = "root",
	.summary = "says where relative file names start",
	CFC_CONFIG(root_config),
	.directive = { CFC_ARGS(root_args), .lax = CFC_LAX_MORE | CFC_LAX_HEADS },
	.repeat = CFC_REPEAT_LAST,
	.hooks = CFC_START,
	.check = root_check,
	.plan = root_plan,
};
