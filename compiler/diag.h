/*
 * Diagnostics: everything the compiler has to say to the user.
 *
 * Passes report and go on; nothing here prints before the driver asks for it, so that several
 * mistakes come out of one run, sorted by place. A report is one call for the fault and any
 * number for its notes:
 *
 *	cfc_error(c, name.span, "CF1005", "unknown directive '%s'", name.text);
 *	cfc_note(c, name.span, "did you mean '%s'?", near);
 *
 * which is shown as
 *
 *	Corefile:3:5: error: unknown directive 'whoam' [CF1005]
 *	    3 |     whoam
 *	      |     ^~~~~
 *	Corefile:3:5: note: did you mean 'whoami'?
 *
 * A span that came through imports or snippets brings its chain along: the notes "'x' is
 * imported here" are added by themselves. A note at the same place as its diagnostic is shown
 * without the source line. The same diagnostic at the same place (a snippet used three times) is
 * kept once.
 *
 * What would mend it is attached the same way: cfc_fix_replace and its like (fix.h).
 *
 * Message style: lower case, no full stop, the fault first, the subject in single quotes, what was
 * expected; the cure goes into a note.
 *
 * CoreDNS's verdict. With c->compat (lint --compat) only what CoreDNS would refuse at start is
 * reported, so every report has to know:
 *
 *	cfc_error	CoreDNS refuses it too
 *	cfc_stricter	CoreDNS takes it, we do not: vanishes, and the caller goes on as CoreDNS would
 *	cfc_laxer	CoreDNS refuses it, we do not: appears
 *	cfc_warn, cfc_info, cfc_rule_report
 *			CoreDNS starts: vanish. A rule that CoreDNS has too calls cfc_error
 *	cfc_unserved	about this build, not about the text: vanishes
 *
 * Notes belong to the report before them and vanish with it. Where CoreDNS refuses what is harmless
 * here, cfc_error is right nearly always: a Corefile that CoreDNS does not start with is of no use to
 * anybody who has both. Tables say the same with flags: CFC_LAX_... in plugin.h. Typical:
 *
 *	if (n > 9) {
 *		bool go_on = cfc_stricter(c, tok->span, "CF2003", "%u is too many", n);
 *		cfc_note(c, cfc_no_span(), "at most 9 make sense");
 *		return go_on;
 *	}
 *
 * Ids are for ever: an id never changes its meaning. Those of the front end:
 *
 *	CF1000 E  input that cannot be read        CF1006 W/E  environment variable not set
 *	CF1001 E  unterminated quote               CF1007 E/W  import and snippets
 *	CF1002 E  block never closed, stray '}'    CF1008 W    quotes, BOM, UTF-8, odd bytes
 *	CF1003 E  brace glued to a word            CF1009 W    {{$v}} taken for the environment
 *	CF1004 W  '#' in the middle of a word      CF1010 E    structure of lines, blocks and keys
 *	CF1011 W  no server block: builtin default is used
 *	CF1014 E  manifest from which no Corefile can be read
 *	CF2002 E  key that is no address of a zone CF2003 E    port or mask out of range
 *	CF2018 W  CIDR that becomes several zones  CF2019 W    zone name that is surely not meant
 *	CF3001 E  same scheme, zone, port and address twice
 *	CF3002 E  same zone and port with 'bind' and without
 *
 * Threads: none; belongs to its `struct cfc`. Memory: texts are copied into the arena.
 */
#ifndef COMPILER_DIAG_H
#define COMPILER_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compiler/source.h"

enum cfc_severity {
	CFC_SEVERITY_ERROR,   /* nothing is built */
	CFC_SEVERITY_WARNING, /* surely not meant */
	CFC_SEVERITY_INFO,    /* advice */
};

struct cfc_diag_note {
	struct cfc_span span; /* may be no place */
	const char *text;
	struct cfc_diag_note *next;
};

struct cfc_diag {
	enum cfc_severity severity;
	enum cfc_severity reported; /* before it was judged (cfc_diags_judge) */
	const char *id;             /* "CF1001" */
	struct cfc_span span;
	const char *text;
	struct cfc_diag_note *notes; /* in order of report; NULL = none */
	struct cfc_diag_note *last_note;
	struct cfc_fix *fixes; /* alternatives, the best first (fix.h); NULL = none */
	const struct cfc_origin *last_origin; /* through which it was reported last */
	size_t reports;                       /* uses of the same text that reported it */
	size_t serial;                        /* order of report */
	bool ours;     /* an error that CoreDNS does not have: it would start */
	bool stops;    /* ... and nothing came of the text, so that the plan is not whole */
	bool unfolded; /* its places are in the files that the user has (embed.h) */
};

struct cfc_fix;
struct cfc_diag_seen; /* hash chain by which the same report is recognised */

#define CFC_DIAGS_MAX  10000u /* kept; further ones are only counted */
#define CFC_DIAGS_SHOW 20u    /* errors printed unless show_max says otherwise */
#define CFC_DIAGS_HASH 1024u

struct cfc_diags {
	struct cfc_diag **list;
	size_t count;   /* kept */
	size_t room;    /* allocated */
	size_t nerrors; /* of each severity, the dropped ones included, repeated ones not */
	size_t nwarnings;
	size_t ninfos;
	size_t show_max;       /* errors to print, 0 = all */
	bool colour;           /* print for a terminal with colours */
	struct cfc_diag *last; /* what cfc_note attaches to; NULL = last one was dropped */
	bool sorted;
	bool muted; /* see cfc_mute */
	struct cfc_diag_seen *seen[CFC_DIAGS_HASH];
};

#define CFC_PRINTF(f, a) __attribute__((format(printf, f, a)))

void cfc_error(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
	CFC_PRINTF(4, 5);
void cfc_warn(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
	CFC_PRINTF(4, 5);
void cfc_info(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
	CFC_PRINTF(4, 5);

/*
 * An error only when a server is to be made (c->building): what is right, but what this build checks
 * without being able to serve it.  Notes that follow belong to it, or vanish with it.
 */
void cfc_unserved(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
	CFC_PRINTF(4, 5);

/*
 * An error of ours that CoreDNS does not have: it would take the text and do something.  Nothing with
 * --compat.  Returns whether to go on as CoreDNS does, so false by default.
 */
bool cfc_stricter(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
	CFC_PRINTF(4, 5);

/*
 * An error only with --compat: what CoreDNS would refuse and this server takes on purpose.  Returns
 * whether to go on, so true by default.
 */
bool cfc_laxer(struct cfc *c, struct cfc_span span, const char *id, const char *fmt, ...)
	CFC_PRINTF(4, 5);

/*
 * Whether reports are dropped; returns what it was before.  For a whole judgement that CoreDNS does
 * not make:
 *
 *	bool before = cfc_mute(c, c->compat);
 *	bool good = cfc_bind_name(b, tok, &name);
 *	cfc_mute(c, before);
 */
bool cfc_mute(struct cfc *c, bool mute);

/* The same with the severity as a value (a rule table) and a va_list. */
void cfc_report(struct cfc *c, enum cfc_severity severity, struct cfc_span span, const char *id,
		const char *fmt, va_list ap) CFC_PRINTF(5, 0);

/* Attach a note to the last diagnostic; cfc_no_span() makes one without a place. */
void cfc_note(struct cfc *c, struct cfc_span span, const char *fmt, ...) CFC_PRINTF(3, 4);

/* "error", "warning", "info". */
const char *cfc_severity_name(enum cfc_severity severity);

/* The severity of that name; false = there is none. */
bool cfc_severity_parse(const char *word, enum cfc_severity *severity);

bool cfc_has_errors(const struct cfc *c);

/*
 * Bring the list into order of place, in the files that the user has (embed.h); called by
 * cfc_diags_print, harmless when repeated.
 */
void cfc_diags_sort(struct cfc *c);

/*
 * Judge each diagnostic anew: the function returns its severity, or CFC_DIAG_DROP for one that is to be
 * left out.  The counts follow.
 */
#define CFC_DIAG_DROP (-1)
typedef int cfc_judge_fn(void *arg, const struct cfc_diag *d);
void cfc_diags_judge(struct cfc *c, cfc_judge_fn *judge, void *arg);

/* Print all diagnostics, in order of place, with source lines and notes. */
void cfc_diags_print(struct cfc *c, FILE *out);

/*
 * Order of two places as a reader meets them: what is imported from another file sorts at its
 * import, a snippet at its own place. Negative, zero, positive. No place sorts first.
 */
int cfc_span_compare(struct cfc_span a, struct cfc_span b);

#endif
