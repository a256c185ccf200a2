/*
 * stacktrace.h - the stack of the calling thread, into the log.  For the server's own files.
 */
#ifndef RT_STACKTRACE_H
#define RT_STACKTRACE_H

/*
 * Logs the frames, one line each, innermost first: file and address, and names of functions where
 * the program has kept them.  Nothing where the C library cannot tell.
 */
void stacktrace_log(void);

#endif
