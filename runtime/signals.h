/*
 * signals.h - what the main thread does while others serve: wait for signals.  For the server's own
 * files.
 */
#ifndef RT_SIGNALS_H
#define RT_SIGNALS_H

#include "base/compiler.h"

struct rt_server;

/*
 * Blocks the signals that are waited for, and opens what they are waited with; before any thread is made, so
 * that nothing can go wrong once the server has said that it serves.  RT_ESYS.
 */
int signals_init(struct rt_server *s) RT_MUST_CHECK;

/*
 * Serves until told to stop, in lame-duck mode as long as that was asked for, then drains.  Returns
 * the exit status; the server is to be stopped by the caller unless *at_once is set.
 *
 *	TERM, INT	stop; INT again: at once, status 2
 *	QUIT		at once, status 0
 *	HUP, USR1	read data files again
 *	USR2		refused
 */
int signals_run(struct rt_server *s, _Bool *at_once);

#endif
