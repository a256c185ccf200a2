/*
 * bind.h - the contract between the halves of the bind plugin: it has no run-time half.  The
 * compiler puts the arguments into the listeners of the server block (struct rt_bind); the runtime
 * looks interface names up when it opens its sockets.
 */
#ifndef BIND_H
#define BIND_H

#include "rt_config.h"

struct bind_config {
	struct rt_strings addrs;  /* addresses and interface names */
	struct rt_strings except; /* taken away from those of the same directive */
};

#endif
