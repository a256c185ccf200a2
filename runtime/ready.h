/*
 * ready.h - who is not ready yet (rt_ready_register), and that the server ends.  For the server's
 * own files.
 */
#ifndef RT_READY_H
#define RT_READY_H

/* Forgets all registrations. */
void ready_release(void);

#endif
