/*
 * Looking up host names on a thread of its own.
 */
#include "config.h"

#include "hostlookup.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/random.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/types.h"
#include "resolvconf.h"
#include "thread.h"
#include "upstream_match.h"

#define DNS_PORT     53
#define FILE_MAX     (1u << 20)
#define ANSWER_MS    2000
#define PAUSE_MS     1000
#define PAUSE_MAX_MS 30000
#define MESSAGE_LEN  (DNS_HEADER_LEN + DNS_NAME_MAX + 4u)

struct result {
	struct addr addrs[HOSTLOOKUP_ADDRS_MAX];
	unsigned n;
	char text[HOSTLOOKUP_TEXT_MAX]; /* why not */
};

struct entry {
	const char *name;
	bool found;
	enum hostlookup_news news; /* not yet polled */
	struct result result;
};

struct hostlookup {
	struct hostlookup_options options;
	pthread_t thread;
	bool launched;
	int wake_fd; /* eventfd: end */
	unsigned n;
	pthread_mutex_t lock; /* of entries, but for their names */
	struct entry entries[];
};

/* One name being looked up. */
struct search {
	struct hostlookup *h;
	struct result *result;
	const struct addr *servers;
	unsigned nservers;
	bool stopped;
};

/* ---- asking ---- */

/* Waits for fd, or for the end (then false), or for ms. */
static bool
wait_for(struct search *s, int fd, int ms)
{
	struct pollfd fds[] = {
		{ .fd = s->h->wake_fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	int rc = poll(fds, fd < 0 ? 1 : 2, ms);

	if (rc > 0 && fds[0].revents != 0)
		s->stopped = true;
	return rc > 0 && !s->stopped;
}

static size_t
write_question(uint8_t out[MESSAGE_LEN], const uint8_t *name, uint16_t type)
{
	size_t len = dns_name_len(name);

	memset(out, 0, DNS_HEADER_LEN);
	dns_msg_set_id(out, random_u16());
	dns_msg_set_flags(out, DNS_FLAG_RD);
	dns_msg_set_count(out, DNS_QUESTION, 1);
	memcpy(out + DNS_HEADER_LEN, name, len);
	bytes_put16(out + DNS_HEADER_LEN + len, type);
	bytes_put16(out + DNS_HEADER_LEN + len + 2, DNS_CLASS_IN);
	return DNS_HEADER_LEN + len + 4;
}

/* Addresses of the answer section, whoever's they are: aliases lead to other names. */
static void
take_answer(struct result *r, const uint8_t *msg, size_t len, uint16_t type)
{
	struct dns_rr_iter it;

	if (dns_rr_iter_init(&it, msg, len) < 0)
		return;
	while (dns_rr_next(&it) && it.section == DNS_ANSWER && r->n < HOSTLOOKUP_ADDRS_MAX) {
		if (it.type != type || it.class != DNS_CLASS_IN)
			continue;
		if (type == DNS_TYPE_A && it.rdlen == 4)
			addr_from_v4(&r->addrs[r->n++], msg + it.rdata, 0);
		else if (type == DNS_TYPE_AAAA && it.rdlen == 16)
			addr_from_v6(&r->addrs[r->n++], msg + it.rdata, 0);
	}
}

/* Reads until the answer comes, or time is up.  Its length, or 0. */
static size_t
receive(struct search *s, int fd, const uint8_t *question, size_t len, uint8_t *answer)
{
	int64_t until = clock_mono_ns() + ANSWER_MS * CLOCK_NS_PER_MS;
	int64_t left = ANSWER_MS;

	while (left > 0 && wait_for(s, fd, (int)left)) {
		ssize_t n = recv(fd, answer, DNS_MESSAGE_MAX, 0);

		if (n < 0)
			return 0;
		if (upstream_match(question, len, answer, (size_t)n))
			return (size_t)n;
		left = (until - clock_mono_ns()) / CLOCK_NS_PER_MS;
	}
	if (!s->stopped)
		errno = ETIMEDOUT;
	return 0;
}

static int
dial(const struct addr *server)
{
	struct addr to = *server;
	struct sockaddr_storage ss;
	socklen_t len;
	int fd;

	if (to.port == 0)
		to.port = DNS_PORT;
	len = addr_to_sockaddr(&to, &ss);
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&ss, len) < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* Asks one server for one type.  false: no answer, and the result's text says why. */
static bool
ask(struct search *s, const struct addr *server, const uint8_t *name, uint16_t type)
{
	uint8_t question[MESSAGE_LEN];
	uint8_t *answer = malloc(DNS_MESSAGE_MAX);
	size_t len = write_question(question, name, type);
	int fd = answer != NULL ? dial(server) : -1;
	size_t n = 0;
	char text[ADDR_TEXT_MAX], why[128];

	if (fd >= 0 && send(fd, question, len, MSG_NOSIGNAL) == (ssize_t)len)
		n = receive(s, fd, question, len, answer);
	if (n == 0) {
		fs_strerror(RT_ESYS, errno, why, sizeof(why));
		addr_format_port(server, text);
		snprintf(s->result->text, sizeof(s->result->text), "%s: %s", text, why);
	} else {
		take_answer(s->result, answer, n, type);
	}
	if (fd >= 0)
		close(fd);
	free(answer);
	return n > 0;
}

/* Asks the servers in turn; true when there are addresses. */
static bool
ask_servers(struct search *s, const uint8_t *name)
{
	for (unsigned i = 0; i < s->nservers && !s->stopped; i++) {
		bool answered = ask(s, &s->servers[i], name, DNS_TYPE_A);

		if (answered && !s->stopped)
			(void)ask(s, &s->servers[i], name, DNS_TYPE_AAAA);
		if (s->result->n > 0)
			return true;
		if (answered)
			return false;
	}
	return false;
}

static bool
ask_names(struct search *s, const char *name, const struct resolvconf *conf)
{
	uint8_t names[RESOLVCONF_NAMES_MAX][DNS_NAME_BUF];
	unsigned n = resolvconf_names(conf, name, names);

	for (unsigned i = 0; i < n && !s->stopped; i++)
		if (ask_servers(s, names[i]))
			return true;
	return false;
}

/* ---- the system's way ---- */

static bool
find_in_hosts(struct search *s, const char *name)
{
	const char *path = s->h->options.hosts != NULL ? s->h->options.hosts : "/etc/hosts";
	struct fs_file f;

	if (fs_read(&f, path, FILE_MAX, 0) < 0)
		return false;
	s->result->n = hosts_find(f.data, f.len, name, s->result->addrs, HOSTLOOKUP_ADDRS_MAX);
	fs_file_release(&f);
	return s->result->n > 0;
}

static bool
ask_system(struct search *s, const char *name)
{
	const char *path = s->h->options.conf != NULL ? s->h->options.conf : "/etc/resolv.conf";
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	struct resolvconf conf;
	struct fs_file f;
	bool read = fs_read(&f, path, FILE_MAX, 0) == 0;
	bool found;

	resolvconf_parse(&conf, read ? f.data : "", read ? f.len : 0);
	if (conf.nservers == 0)
		addr_from_v4(&conf.servers[conf.nservers++], loopback, DNS_PORT);
	s->servers = conf.servers;
	s->nservers = conf.nservers;
	found = ask_names(s, name, &conf);
	if (read)
		fs_file_release(&f);
	return found;
}

static bool
look_up(struct search *s, const char *name)
{
	static const struct resolvconf plain = { .ndots = 0 };

	snprintf(s->result->text, sizeof(s->result->text), "no such host");
	if (s->h->options.resolvers.n == 0)
		return find_in_hosts(s, name) || ask_system(s, name);
	s->servers = s->h->options.resolvers.v;
	s->nservers = s->h->options.resolvers.n;
	return ask_names(s, name, &plain);
}

/* ---- the thread ---- */

/* One round over the names that are still to be found.  false: all are, or it is time to end. */
static bool
run_round(struct hostlookup *h)
{
	bool left = false;

	for (unsigned i = 0; i < h->n; i++) {
		struct entry *e = &h->entries[i];
		struct result r = { .n = 0 };
		struct search s = { .h = h, .result = &r };
		bool found;

		if (e->found)
			continue;
		found = look_up(&s, e->name);
		if (s.stopped)
			return false;
		pthread_mutex_lock(&h->lock);
		e->found = found;
		e->news = found ? HOSTLOOKUP_FOUND : HOSTLOOKUP_FAILED;
		e->result = r;
		pthread_mutex_unlock(&h->lock);
		left = left || !found;
	}
	return left;
}

static void *
run(void *arg)
{
	struct hostlookup *h = arg;
	struct search s = { .h = h };
	int pause = PAUSE_MS;

	thread_name("hostlookup");
	while (run_round(h)) {
		(void)wait_for(&s, -1, pause);
		if (s.stopped)
			break;
		pause = pause * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause * 2;
	}
	return NULL;
}

struct hostlookup *
hostlookup_start(const char *const *names, unsigned n, const struct hostlookup_options *options)
{
	struct hostlookup *h = calloc(1, sizeof(*h) + n * sizeof(h->entries[0]));

	if (h == NULL)
		return NULL;
	h->options = *options;
	h->n = n;
	for (unsigned i = 0; i < n; i++)
		h->entries[i].name = names[i];
	pthread_mutex_init(&h->lock, NULL);
	h->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (h->wake_fd >= 0 && thread_create(&h->thread, run, h) == 0) {
		h->launched = true;
		return h;
	}
	hostlookup_stop(h);
	return NULL;
}

void
hostlookup_stop(struct hostlookup *h)
{
	if (h == NULL)
		return;
	if (h->launched) {
		thread_eventfd_raise(h->wake_fd);
		pthread_join(h->thread, NULL);
	}
	if (h->wake_fd >= 0)
		close(h->wake_fd);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

/* ---- polling ---- */

enum hostlookup_news
hostlookup_poll(struct hostlookup *h, unsigned i, struct addr *out, unsigned *n,
		char text[HOSTLOOKUP_TEXT_MAX])
{
	struct entry *e = &h->entries[i];
	enum hostlookup_news news;

	pthread_mutex_lock(&h->lock);
	news = e->news;
	e->news = HOSTLOOKUP_NOTHING;
	*n = 0;
	if (news == HOSTLOOKUP_FOUND) {
		memcpy(out, e->result.addrs, e->result.n * sizeof(*out));
		*n = e->result.n;
	} else if (news == HOSTLOOKUP_FAILED) {
		snprintf(text, HOSTLOOKUP_TEXT_MAX, "%s", e->result.text);
	}
	pthread_mutex_unlock(&h->lock);
	return news;
}

bool
hostlookup_done(struct hostlookup *h)
{
	bool done = true;

	pthread_mutex_lock(&h->lock);
	for (unsigned i = 0; i < h->n; i++)
		done = done && h->entries[i].found && h->entries[i].news == HOSTLOOKUP_NOTHING;
	pthread_mutex_unlock(&h->lock);
	return done;
}
