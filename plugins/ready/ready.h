/*
 * ready.h - the contract between the halves of the ready plugin.
 */
#ifndef READY_H
#define READY_H

struct ready_state;
struct rt_instance;

enum ready_monitor {
	READY_UNTIL_READY,  /* a plugin that was ready once is not asked again */
	READY_CONTINUOUSLY, /* all are asked each time */
};

struct ready_config {
	const char *addr; /* HOST:PORT that /ready is served on */
	int monitor;      /* enum ready_monitor */
};

struct ready_state *ready_start(const struct ready_config *, struct rt_instance *);
void ready_stop(struct ready_state *);

#endif
