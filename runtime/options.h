/*
 * options.h - the command line of a compiled server, as Go's flag package and CoreDNS have it.
 *
 * Flags begin with one or two dashes; a value follows as the next word or after "=".  Flags end at
 * the first word that is none, or after "--".  Pure: nothing is printed, opened or ended here.
 */
#ifndef RT_OPTIONS_H
#define RT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct buf;

struct options {
	const char *conf;    /* -conf, or NULL */
	const char *pidfile; /* -pidfile, or NULL */
	uint16_t port;       /* -dns.port, -p */
	bool has_port;
	bool conf_any;
	bool plugins;
	bool quiet;
	bool version;
	bool corefile;
	bool check;
};

/* What to do after reading. */
enum options_result {
	OPTIONS_RUN,
	OPTIONS_HELP,  /* asked for: print the text, exit 0 */
	OPTIONS_USAGE, /* print the text (fault and usage), exit 2 */
	OPTIONS_EXTRA, /* words that are not flags: print the text, exit 1 */
};

/* Texts in *o point into argv.  *text is for standard error. */
enum options_result options_parse(struct options *o, int argc, char *const *argv, struct buf *text);

#endif
