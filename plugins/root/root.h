/*
 * root.h - the contract between the halves of the root plugin.
 *
 * The path itself has been joined to every relative file name of the server block by the compiler;
 * at run time the plugin only looks whether the folder is there.
 */
#ifndef ROOT_H
#define ROOT_H

struct root_state;
struct rt_instance;

struct root_config {
	const char *path;
};

struct root_state *root_start(const struct root_config *, struct rt_instance *);
void root_stop(struct root_state *);

#endif
