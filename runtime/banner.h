/*
 * banner.h - what a server says of itself on standard output.  For the server's own files.
 */
#ifndef RT_BANNER_H
#define RT_BANNER_H

struct buf;
struct listeners;
struct rt_program;

/* "example.org.:1053", "example.org.:1053 on 127.0.0.1": a line per zone and listener. */
void banner_zones(struct buf *out, const struct listeners *listeners);

/* Name and version, machine, compiler, what was compiled. */
void banner_version(struct buf *out, const struct rt_program *program);

/* "dns.hosts": a line per plugin, sorted as the chain is. */
void banner_plugins(struct buf *out, const struct rt_program *program);

#endif
