/*
 * thread.h - threads of the server: making them, waking them.  For the server's own files.
 */
#ifndef RT_THREAD_H
#define RT_THREAD_H

#include <pthread.h>

#include "base/compiler.h"

struct event_base;

/* A thread with all signals blocked (the main thread takes them).  RT_ESYS. */
int thread_create(pthread_t *thread, void *(*run)(void *), void *arg) RT_MUST_CHECK;

/* Names the calling thread, for ps and gdb. */
void thread_name(const char *name);

/* An event base for one thread only: without locks.  NULL when there is no memory. */
struct event_base *thread_event_base(void);

/* An eventfd as a bell: any number of rings until it is cleared count as one. */
void thread_eventfd_raise(int fd);
void thread_eventfd_clear(int fd);

#endif
