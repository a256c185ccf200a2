/*
 * errors.h - the contract between the halves of the errors plugin.
 */
#ifndef ERRORS_H
#define ERRORS_H

#include <stdbool.h>
#include <stdint.h>

#include "rt_config.h"

struct errors_state;
struct rt_instance;
struct rt_query;

enum errors_level {
	ERRORS_WARNING,
	ERRORS_ERROR,
	ERRORS_INFO,
	ERRORS_DEBUG,
};

/* `consolidate`: errors whose text matches are counted, and told once in a while. */
struct errors_pattern {
	const char *text; /* as in the Corefile */
	const char *pcre; /* the same for PCRE2 */
	uint64_t period;  /* ns, from the first error to the line that tells their number */
	int level;        /* enum errors_level */
	bool show_first;  /* the first error is logged at once as well */
};

struct errors_patterns {
	const struct errors_pattern *v;
	unsigned n;
};

/*
 * What does the counting.  Only a configuration with patterns names it, so that other servers are
 * not linked with it and with PCRE2.
 */
struct errors_config;
struct errors_consolidation {
	void *(*start)(const struct errors_config *, struct rt_instance *);
	void (*stop)(void *);
	/* Whether the error was counted and is not to be logged; else *level is how to log it. */
	bool (*take)(void *, const struct rt_query *, enum errors_level *level);
};
extern const struct errors_consolidation errors_consolidation;

struct errors_config {
	int where; /* 0: standard output, there is nothing else */
	bool stacktrace;
	struct errors_patterns patterns;
	const struct errors_consolidation *consolidation; /* NULL without patterns */
};

void errors_reply(const struct errors_config *, struct errors_state *, struct rt_query *);
struct errors_state *errors_start(const struct errors_config *, struct rt_instance *);
void errors_stop(struct errors_state *);

#endif
