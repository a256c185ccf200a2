/*
 * debug.h - the contract between the halves of the debug plugin: it has no run-time half.  The
 * compiler sets rt_program.debug, which the runtime looks at.
 */
#ifndef DEBUG_H
#define DEBUG_H

struct debug_config {
	char nothing; /* ISO C has no empty structs */
};

#endif
