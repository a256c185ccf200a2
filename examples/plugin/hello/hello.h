/*
 * hello.h - an example of a plugin outside the tree: answers TXT questions with a greeting.
 *
 *	hello [TEXT] {
 *		ttl SECONDS
 *	}
 */
#ifndef HELLO_H
#define HELLO_H

#include <stdint.h>

struct rt_instance;
struct rt_query;
struct hello_state;

struct hello_config {
	const char *text; /* at most 255 octets */
	uint32_t ttl;     /* seconds */
};

struct hello_state *hello_start(const struct hello_config *, struct rt_instance *);
void hello_stop(struct hello_state *);
enum rt_verdict hello_serve(const struct hello_config *, struct hello_state *, struct rt_query *);

#endif
