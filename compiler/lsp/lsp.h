/*
 * lsp.h - the language server: what its files share.
 *
 *	serve.c		the loop over messages (cmd_lsp.c has the command line)
 *	wire.c		messages with Content-Length on two descriptors (wire.h)
 *	text.c		texts by lines and positions, as the protocol counts them (text.h)
 *	rpc.c		requests, notifications, the life of a session
 *	docs.c		open documents and their edits
 *	view.c		compiles the documents, with what is imported from where
 *	diagnostics.c	reports as the editor shows them
 *	context.c		what stands at a position: key, directive, option, word
 *	hover.c complete.c navigate.c format.c action.c	one request each
 *
 * A session is one thread that takes one message after the other.  A change of a document marks all
 * views as old; they are made anew when a request needs them, or, to publish diagnostics, as soon as no
 * more messages wait.  So a fast typist costs no more than the machine has time for, without a timer.
 *
 * Memory: documents belong to the session until they are closed, views until the next change.  Messages,
 * documents and what waits are limited (LSP_..._MAX), so that no client can make it grow without end.
 *
 * Nobody else includes this file.
 */
#ifndef COMPILER_LSP_H
#define COMPILER_LSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fs.h"
#include "compiler/command/settings.h"
#include "compiler/report/json.h"
#include "compiler/lsp/text.h"
#include "compiler/lsp/wire.h"

#define LSP_DOCS_MAX  512u               /* documents open at a time */
#define LSP_TEXT_MAX  ((size_t)16 << 20) /* bytes of a document */
#define LSP_TEXTS_MAX ((size_t)64 << 20) /* bytes of all documents */
#define LSP_QUEUE_MAX 256u               /* messages read ahead, to see what was cancelled */

/* Codes of errors in answers. */
enum {
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_INVALID_PARAMS = -32602,
	LSP_NOT_INITIALIZED = -32002,
	LSP_REQUEST_CANCELLED = -32800,
};

/* A Corefile compiled with all that it imports; or a project file, for the sake of its faults. */
struct lsp_program {
	struct cfc c;
	struct cfc_program p;
	struct cfc keeper; /* of settings, unless it is a project file: then that is c */
	struct cfc_settings settings;
	bool is_project;
	char *path;
	struct lsp_lines *lines; /* of each unit, made when needed */
	size_t nlines;
	struct lsp_program *next;
};

struct lsp_doc {
	char *uri;
	char *path;      /* of a file: URI, decoded and without '.' and '..'; otherwise the URI */
	struct fs_id id; /* of the file on disk when it was opened; zero = there is none */
	json_int_t version;
	bool told; /* diagnostics were published for this version */
	struct lsp_lines text;
	char *data;                  /* text.text, owned */
	struct lsp_program *program; /* that it belongs to, and its unit there; NULL = old */
	struct cfc_source *unit;
	struct lsp_doc *next; /* in the order in which they were opened */
};

struct lsp {
	struct lsp_wire wire;
	bool initialized; /* the request was answered */
	bool stopped;     /* shutdown was asked for */
	bool ended;       /* exit was asked for */
	bool utf8;        /* positions count bytes instead of UTF-16 code units */
	bool snippets;    /* the client fills in $0 in completions */
	bool versions;    /* the client takes edits for versions of documents */
	bool watches;     /* the client can be asked to watch files */
	struct cfc keeper;
	struct cfc_settings settings; /* of the session: its options; each program has its own */
	struct lsp_doc *docs;
	size_t ndocs;
	size_t bytes; /* of all documents */
	struct lsp_program *programs;
	bool old;          /* a change since the programs were made */
	bool unpublished;  /* a change since diagnostics were published */
	json_t *published; /* URI -> diagnostics that the client has */
};

/* ---- serve.c ---- */

/* Takes messages until the client says exit or goes away. */
void lsp_serve(struct lsp *l);

/* ---- rpc.c ---- */

/* options: for every Corefile; they must outlive the session.  NULL = none. */
void lsp_init(struct lsp *l, int in, int out, const struct cfc_settings *options);
void lsp_release(struct lsp *l);

/* Takes one message, which stays the caller's. */
void lsp_dispatch(struct lsp *l, json_t *message, bool cancelled);

/* Sends a notification; takes params. */
void lsp_notify(struct lsp *l, const char *method, json_t *params);

/* Tells the user: window/showMessage with an error. */
void lsp_tell(struct lsp *l, const char *fmt, ...) CFC_PRINTF(2, 3);

/* What a handler answers with; NULL = it has found the parameters wrong. */
typedef json_t *lsp_request_fn(struct lsp *l, json_t *params);
typedef void lsp_notification_fn(struct lsp *l, json_t *params);

lsp_request_fn lsp_hover, lsp_complete, lsp_complete_resolve, lsp_definition, lsp_references;
lsp_request_fn lsp_symbols, lsp_format, lsp_format_range, lsp_actions;
lsp_notification_fn lsp_did_open, lsp_did_change, lsp_did_close, lsp_files_changed;

/* Whether a document is a Corefile or a part of one: neither a project file nor a manifest with one in it. */
bool lsp_is_corefile(const struct lsp_doc *d);

/* ---- docs.c ---- */

/* The document of params.textDocument.uri, NULL = not open. */
struct lsp_doc *lsp_doc_of(struct lsp *l, json_t *params);

/* The document that stands for the file at path, NULL = none. */
struct lsp_doc *lsp_doc_at(struct lsp *l, const char *path);

void lsp_docs_release(struct lsp *l);

/* The offset of a position {line, character}; false = it is none. */
bool lsp_offset_of(const struct lsp *l, const struct lsp_lines *text, json_t *position,
		   size_t *offset);

/* The bytes [*from, *to) of a range {start, end}, brought into order; false = it is none. */
bool lsp_bytes_of(const struct lsp *l, const struct lsp_lines *text, json_t *range, size_t *from,
		  size_t *to);

/* {start, end} of bytes [from, to). */
json_t *lsp_range(const struct lsp *l, const struct lsp_lines *text, size_t from, size_t to);

/* The file: URI of a path, malloc'ed; what is no path stands for itself. */
char *lsp_uri_of_path(const char *path);

/* ---- view.c ---- */

/* Compiles what has changed; afterwards every document has its program and unit. */
void lsp_views_update(struct lsp *l);
void lsp_views_release(struct lsp *l);

const struct lsp_lines *lsp_lines_of(struct lsp_program *p, const struct cfc_source *unit);

/* The URI by which the client knows a unit, malloc'ed. */
char *lsp_uri_of_unit(struct lsp *l, const struct cfc_source *unit);

/* {uri, range} of a span of a unit. */
json_t *lsp_location(struct lsp *l, struct lsp_program *p, struct cfc_span span);

/* ---- diagnostics.c ---- */

/* Publishes what has changed. */
void lsp_publish(struct lsp *l);

/* A report as JSON; in actions, those that are answered refer to it. */
json_t *lsp_diagnostic(struct lsp *l, struct lsp_program *p, const struct cfc_diag *d);

/* The bytes [*from, *to) of unit that a report is about; false = it is about another unit. */
bool lsp_diag_bytes(const struct lsp_program *p, const struct cfc_diag *d,
		    const struct cfc_source *unit, size_t *from, size_t *to);

#endif
