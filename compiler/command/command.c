/*
 * command.c - from a command line to the call of its command.
 */
#include "config.h"

#include "compiler/command/command.h"

#include "compiler/command/settings.h"

#define GO_ON (-1) /* instead of an exit status */

static int
take_option(struct cfc_call *call, int ch, char *const *argv)
{
	const struct cfc_command *self = call->self;

	if (ch == 'h')
		return cfc_help(self);
	if (ch == '?' || ch == ':')
		return cfc_bad_option(self, ch, argv);
	int status = cfc_settings_option(call->settings, self, ch, optarg);
	if (status >= 0)
		return status == CFC_EXIT_OK ? GO_ON : status;
	const char *wanted = self->take(call, ch, optarg);
	return wanted != NULL ? cfc_bad_value(self, self->longs, ch, wanted) : GO_ON;
}

/* The exit status if the command is done with. */
static int
take_options(struct cfc_call *call, int argc, char **argv)
{
	const struct cfc_command *self = call->self;

	for (int ch; (ch = getopt_long(argc, argv, self->letters, self->longs, NULL)) != -1;) {
		int status = take_option(call, ch, argv);

		if (status != GO_ON)
			return status;
	}
	call->words = argv + optind;
	call->nwords = (size_t)(argc - optind);
	return GO_ON;
}

int
cfc_command_run(const struct cfc_command *self, int argc, char **argv)
{
	struct cfc_settings settings;
	struct cfc keeper;

	cfc_init(&keeper);
	cfc_settings_init(&settings, &keeper);
	struct cfc_call call = {
		.self = self,
		.settings = &settings,
		.keeper = &keeper,
		.args = cfc_array(&keeper, 1, self->args_size),
	};
	int status = take_options(&call, argc, argv);
	if (status == GO_ON && !cfc_settings_plugins(&settings)) {
		cfc_load_report(&keeper);
		status = CFC_EXIT_BUILD;
	}
	if (status == GO_ON)
		status = self->run(&call);
	cfc_settings_release(&settings);
	cfc_release(&keeper);
	return status;
}
