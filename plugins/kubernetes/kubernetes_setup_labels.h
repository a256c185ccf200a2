/*
 * kubernetes_setup_labels.h - label selectors of Kubernetes: `app=dns, tier in (a, b), !canary`.
 *
 * Only checked; the server of Kubernetes interprets them.
 */
#ifndef KUBERNETES_SETUP_LABELS_H
#define KUBERNETES_SETUP_LABELS_H

/*
 * NULL when text is a selector that CoreDNS takes, otherwise what is wrong.  *at is where, within
 * text.
 */
const char *kubernetes_selector_fault(const char *text, const char **at);

#endif
