/*
 * multisocket.h - the contract between the halves of the multisocket plugin: it has no run-time
 * half.  The compiler puts the number into the listeners of the server block (rt_listen.nsockets).
 */
#ifndef MULTISOCKET_H
#define MULTISOCKET_H

#include <stdint.h>

struct multisocket_config {
	uint32_t sockets; /* 1 ... 1024; 0: as many as the server has CPUs */
};

#endif
