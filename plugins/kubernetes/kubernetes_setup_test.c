/*
 * Tests of the kubernetes directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "kubernetes cluster.local", "" },
	{ "kubernetes cluster.local in-addr.arpa ip6.arpa {\n pods insecure\n fallthrough in-addr.arpa ip6.arpa\n ttl 30\n}",
	  "" },
	{ "kubernetes cluster.local {\n apiserver_qps NaN\n}", "CF2002" },
	{ "kubernetes cluster.local {\n apiserver_qps 1e39\n}", "CF2003" },
	{ "kubernetes cluster.local {\n endpoint 10.0.0.1:6443\n}", "" },
	{ "kubernetes cluster.local {\n endpoint 10.0.0.0/8\n}", "CF2002" },
	{ "kubernetes cluster.local {\n endpoint http://a:b\n}", "CF2002" },
	{ "kubernetes cluster.local {\n endpoint \"\"\n}", "CF2002" },
	{ "kubernetes cluster.local {\n endpoint \"\"\n kubeconfig f\n}", "" },
	{ "kubernetes cluster.local {\n multicluster\n}", "" },
	{ "kubernetes cluster.local {\n endpoint https://10.0.0.1:6443\n tls c k ca\n namespaces a b\n namespaces c\n labels app in (dns, web), tier notin (x), !canary\n pods verified\n endpoint_pod_names\n ttl 0\n noendpoints\n ignore empty_service\n startup_timeout 10s\n}",
	  "" },
	{ "kubernetes cluster.local {\n kubeconfig f\n}", "" },
	{ "kubernetes cluster.local {\n kubeconfig f ctx\n}", "" },
	{ "kubernetes cluster.local {\n kubeconfig\n}", "CF2001" },
	{ "kubernetes cluster.local {\n kubeconfig a b c\n}", "CF2001" },
	{ "kubernetes cluster.local {\n apiserver_qps 5.5\n apiserver_burst 10\n apiserver_max_inflight 3\n}",
	  "" },
	{ "kubernetes cluster.local {\n apiserver_qps -1\n}", "CF2003" },
	{ "kubernetes cluster.local {\n apiserver_qps many\n}", "CF2002" },
	{ "kubernetes cluster.local {\n apiserver_burst -1\n}", "CF2003" },
	{ "kubernetes cluster.local {\n zonal\n noendpoints\n}", "CF2006" },
	{ "kubernetes cluster.local {\n namespaces a\n namespace_labels b\n}", "CF2006" },
	{ "kubernetes cluster.local {\n namespace_labels istio-injection=enabled\n}", "" },
	{ "kubernetes cluster.local {\n labels\n}", "CF2001" },
	{ "kubernetes cluster.local {\n labels a b\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels a=b=c\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels a>1\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels a in b\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels a in (b\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels -a\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels Example/a\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels example.org/a==b,c\n}", "" },
	{ "kubernetes cluster.local {\n labels a=,b\n}", "" },
	{ "kubernetes cluster.local {\n labels a,\n}", "CF2032" },
	{ "kubernetes cluster.local {\n pods some\n}", "CF2002" },
	{ "kubernetes cluster.local {\n pods\n}", "CF2001" },
	{ "kubernetes cluster.local {\n pods disabled verified\n}", "CF2001" },
	{ "kubernetes cluster.local {\n ttl 3601\n}", "CF2003" },
	{ "kubernetes cluster.local {\n ttl 5s\n}", "CF2002" },
	{ "kubernetes cluster.local {\n ttl\n}", "CF2001" },
	{ "kubernetes cluster.local {\n ignore\n}", "CF2014w" },
	{ "kubernetes cluster.local {\n ignore all\n}", "CF2002" },
	{ "kubernetes cluster.local {\n endpoint a b\n}", "CF2014w" },
	{ "kubernetes cluster.local {\n endpoint\n}", "CF2001" },
	{ "kubernetes cluster.local {\n tls a b\n}", "CF2001" },
	{ "kubernetes cluster.local {\n noendpoints x\n}", "CF2001" },
	{ "kubernetes cluster.local {\n multicluster cluster.local\n}", "" },
	{ "kubernetes cluster.local {\n multicluster other.local\n}", "CF2002" },
	{ "kubernetes cluster.local {\n startup_timeout 5\n}", "CF2002" },
	{ "kubernetes cluster.local {\n upstream\n}", "CF2004" },
	{ "kubernetes cluster.local {\n resyncperiod 5m\n}", "CF2004" },
	{ "kubernetes 10.0.0.0/8", "CF2002" },
	{ "kubernetes a.test\nkubernetes b.test", "CF2010" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "kubernetes cluster.local {\n kubeconfig nonesuch\n}", "CF1000" },
	{ "kubernetes cluster.local {\n labels a!=b\n}", "CF2032" },
	{ "kubernetes cluster.local {\n labels a==b\n ttl 5 x\n ignore empty_service x\n}", "" },
	{ "kubernetes cluster.local {\n startup_timeout -1s\n}", "" },
	{ "kubernetes cluster.local {\n apiserver_burst 4294967296\n}", "" },
	{ "kubernetes 10.0.0.0/8", "CF2002" },
	{ "kubernetes a..b", "CF2002" },
	{ "kubernetes a..b cluster.local", "" },
	{ "kubernetes cluster.local {\n kubeconfig kubeconfig\n}", "" },
	{ "kubernetes cluster.local {\n kubeconfig kubeconfig second\n}", "" },
	{ "kubernetes cluster.local {\n kubeconfig kubeconfig third\n}", "CF2002" },
	{ "kubernetes cluster.local {\n kubeconfig db.example.org\n}", "CF2002" },
	{ "kubernetes cluster.local {\n kubeconfig .\n}", "CF1000" },
	{ "kubernetes cluster.local {\n apiserver_qps NaN\n}", "" },
	{ "kubernetes cluster.local {\n apiserver_qps 0x1p4\n}", "" },
	{ "kubernetes cluster.local {\n apiserver_qps 0x10\n}", "CF2002" },
	{ "kubernetes cluster.local {\n apiserver_qps 1_000\n}", "" },
	{ "kubernetes cluster.local {\n apiserver_qps +Inf\n}", "" },
	{ "kubernetes cluster.local {\n apiserver_qps 1__0\n}", "CF2002" },
	{ "kubernetes cluster.local {\n multicluster a..b\n}", "" },
	{ "kubernetes cluster.local {\n multicluster a.test a..b\n}", "CF2002" },
	{ "kubernetes cluster.local {\n endpoint https://a.test\n tls nonesuch nonesuch \"\"\n}",
	  "CF1000" },
	{ "kubernetes cluster.local {\n endpoint https://a.test\n tls \"\" \"\" \"\"\n}", "" },
	{ "kubernetes cluster.local {\n endpoint https://a.test\n tls \"\" nonesuch \"\"\n}", "" },
	{ "kubernetes cluster.local {\n endpoint https://a.test\n tls hosts hosts hosts\n}",
	  "CF2002" },
	{ "kubernetes cluster.local {\n endpoint http://a.test\n tls hosts hosts hosts\n}", "" },
	{ "kubernetes cluster.local {\n endpoint http://a.test\n tls hosts \"\" hosts\n}",
	  "CF2001" },
	{ "kubernetes cluster.local {\n endpoint http://a.test\n tls \"\" \"\" nonesuch\n}",
	  "CF1000" },
	{ "kubernetes cluster.local {\n tls a b c\n}", "" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("kubernetes_setup", accepts_and_refuses, judges_as_coredns)
