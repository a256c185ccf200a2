/*
 * rpc.c - the life of a session, and which function answers which method.
 */
#include "config.h"

#include "compiler/lsp/lsp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/xalloc.h"

void
lsp_init(struct lsp *l, int in, int out, const struct cfc_settings *options)
{
	memset(l, 0, sizeof(*l));
	lsp_wire_init(&l->wire, in, out);
	cfc_init(&l->keeper);
	if (options != NULL)
		cfc_settings_copy(&l->settings, options, &l->keeper);
	else
		cfc_settings_init(&l->settings, &l->keeper);
	l->published = cfc_json("{}");
}

void
lsp_release(struct lsp *l)
{
	lsp_views_release(l);
	lsp_docs_release(l);
	json_decref(l->published);
	cfc_settings_release(&l->settings);
	cfc_release(&l->keeper);
	lsp_wire_release(&l->wire);
}

void
lsp_notify(struct lsp *l, const char *method, json_t *params)
{
	lsp_wire_send(&l->wire, cfc_json("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method,
					 "params", params));
}

void
lsp_tell(struct lsp *l, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lsp_notify(l, "window/showMessage",
		   cfc_json("{s:i, s:o}", "type", 1, "message", cfc_json_text(text, strlen(text))));
}

/* ---- initialize ---- */

static bool
offers_utf8(json_t *params)
{
	json_t *list = NULL;
	json_t *word;
	size_t i;

	json_unpack(params, "{s:{s:{s:o}}}", "capabilities", "general", "positionEncodings", &list);
	json_array_foreach(list, i,
			   word) if (json_is_string(word) &&
				     strcmp(json_string_value(word), "utf-8") == 0) return true;
	return false;
}

/* What the client says: {"profile": "cluster", "root": "/srv", "compat": false, "config": "/etc/lint"}. */
static void
take_options(struct lsp *l, json_t *options)
{
	struct cfc_settings *s = &l->settings;
	const char *profile = NULL;
	const char *root = NULL;
	const char *config = NULL;
	int compat = s->compat;

	json_unpack(options, "{s?s, s?s, s?s, s?b}", "profile", &profile, "root", &root, "config",
		    &config, "compat", &compat);
	s->compat = compat != 0;
	if (profile != NULL && !cfc_profile_parse(profile, &s->profile))
		lsp_tell(l, "profile must be " CFC_PROFILE_WORDS ", not '%s'", profile);
	s->has_profile = s->has_profile || profile != NULL;
	if (root != NULL)
		s->root = cfc_printf(&l->keeper, "%s", root);
	if (config != NULL)
		s->config = cfc_printf(&l->keeper, "%s", config);
}

static json_t *
capabilities(const struct lsp *l)
{
	return cfc_json(
		"{s:s, s:{s:b, s:i, s:{s:b}}, s:b, s:{s:[sss], s:b}, s:b, s:b, s:b, s:b, s:b,"
		" s:{s:[ss]}}",
		"positionEncoding", l->utf8 ? "utf-8" : "utf-16", "textDocumentSync", "openClose",
		1, "change", 2, "save", "includeText", 0, "hoverProvider", 1, "completionProvider",
		"triggerCharacters", "/", "$", ":", "resolveProvider", 1, "definitionProvider", 1,
		"referencesProvider", 1, "documentSymbolProvider", 1, "documentFormattingProvider",
		1, "documentRangeFormattingProvider", 1, "codeActionProvider", "codeActionKinds",
		"quickfix", "source.fixAll");
}

static json_t *
initialize(struct lsp *l, json_t *params)
{
	json_t *options = NULL;
	int snippets = 0;
	int versions = 0;
	int watches = 0;

	if (!json_is_object(params))
		return NULL;
	l->utf8 = offers_utf8(params);
	json_unpack(params, "{s:{s:{s:{s:{s:b}}}}}", "capabilities", "textDocument", "completion",
		    "completionItem", "snippetSupport", &snippets);
	json_unpack(params, "{s:{s:{s:{s:b}}}}", "capabilities", "workspace", "workspaceEdit",
		    "documentChanges", &versions);
	json_unpack(params, "{s:{s:{s:{s:b}}}}", "capabilities", "workspace",
		    "didChangeWatchedFiles", "dynamicRegistration", &watches);
	l->watches = watches != 0;
	l->snippets = snippets != 0;
	l->versions = versions != 0;
	json_unpack(params, "{s:o}", "initializationOptions", &options);
	take_options(l, options);
	l->initialized = true;
	return cfc_json("{s:o, s:{s:s, s:s}}", "capabilities", capabilities(l), "serverInfo",
			"name", "corefilec", "version", PACKAGE_VERSION);
}

/* Asks the client to tell about changes of files on disk; its answer says nothing that matters. */
static void
initialized(struct lsp *l, json_t *params)
{
	static const char *const patterns[] = {
		("**/" CFC_PROJECT_FILE), "**/Corefile",   "**/Corefile.*",
		"**/*.corefile",          "**/*.Corefile",
	};
	json_t *watchers = cfc_json("[]");

	(void)params;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		json_array_append_new(watchers, cfc_json("{s:s}", "globPattern", patterns[i]));
	json_t *registration = cfc_json("{s:s, s:s, s:{s:o}}", "id", "files", "method",
					"workspace/didChangeWatchedFiles", "registerOptions",
					"watchers", watchers);
	if (l->watches)
		lsp_wire_send(&l->wire,
			      cfc_json("{s:s, s:s, s:s, s:{s:[O]}}", "jsonrpc", "2.0", "id",
				       "watch-files", "method", "client/registerCapability",
				       "params", "registrations", registration));
	json_decref(registration);
}

static json_t *
shutdown_session(struct lsp *l, json_t *params)
{
	(void)params;
	l->stopped = true;
	return json_null();
}

/* ---- dispatch ---- */

static const struct {
	const char *method;
	lsp_request_fn *answer;
} requests[] = {
	{ "initialize", initialize },
	{ "shutdown", shutdown_session },
	{ "textDocument/hover", lsp_hover },
	{ "textDocument/completion", lsp_complete },
	{ "completionItem/resolve", lsp_complete_resolve },
	{ "textDocument/definition", lsp_definition },
	{ "textDocument/references", lsp_references },
	{ "textDocument/documentSymbol", lsp_symbols },
	{ "textDocument/formatting", lsp_format },
	{ "textDocument/rangeFormatting", lsp_format_range },
	{ "textDocument/codeAction", lsp_actions },
};

static const struct {
	const char *method;
	lsp_notification_fn *take;
} notifications[] = {
	{ "initialized", initialized },
	{ "textDocument/didOpen", lsp_did_open },
	{ "textDocument/didChange", lsp_did_change },
	{ "textDocument/didClose", lsp_did_close },
	{ "textDocument/didSave", lsp_files_changed },
	{ "workspace/didChangeWatchedFiles", lsp_files_changed },
};

static void
answer(struct lsp *l, json_t *id, lsp_request_fn *fn, json_t *params)
{
	json_t *result = fn(l, params);

	if (result == NULL)
		lsp_wire_error(&l->wire, id, LSP_INVALID_PARAMS, "bad parameters");
	else
		lsp_wire_send(&l->wire, cfc_json("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id,
						 "result", result));
}

static void
take_request(struct lsp *l, json_t *id, const char *method, json_t *params)
{
	bool first = strcmp(method, "initialize") == 0;

	if (!l->initialized && !first) {
		lsp_wire_error(&l->wire, id, LSP_NOT_INITIALIZED, "initialize comes first");
		return;
	}
	if (l->stopped || (l->initialized && first)) {
		lsp_wire_error(&l->wire, id, LSP_INVALID_REQUEST,
			       l->stopped ? "the session has been shut down"
					  : "initialize is for the first time only");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		if (strcmp(method, requests[i].method) == 0) {
			answer(l, id, requests[i].answer, params);
			return;
		}
	}
	lsp_wire_error(&l->wire, id, LSP_METHOD_NOT_FOUND, "no such method");
}

static void
take_notification(struct lsp *l, const char *method, json_t *params)
{
	if (strcmp(method, "exit") == 0) {
		l->ended = true;
		return;
	}
	if (!l->initialized || l->stopped)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(notifications); i++)
		if (strcmp(method, notifications[i].method) == 0)
			notifications[i].take(l, params);
}

void
lsp_dispatch(struct lsp *l, json_t *message, bool cancelled)
{
	json_t *id = json_object_get(message, "id");
	json_t *params = json_object_get(message, "params");
	const char *method = json_string_value(json_object_get(message, "method"));
	bool is_answer = json_object_get(message, "result") != NULL ||
			 json_object_get(message, "error") != NULL;

	if (method == NULL && is_answer)
		return; /* to our only request, see initialized() */
	if (method == NULL || (id != NULL && !json_is_string(id) && !json_is_integer(id)))
		lsp_wire_error(&l->wire, NULL, LSP_INVALID_REQUEST, "no request");
	else if (id == NULL)
		take_notification(l, method, params);
	else if (cancelled)
		lsp_wire_error(&l->wire, id, LSP_REQUEST_CANCELLED, "cancelled");
	else
		take_request(l, id, method, params);
}
