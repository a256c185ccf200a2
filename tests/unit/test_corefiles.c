/*
 * Whole Corefiles of the kinds that people run, with plugins that are served and such that are only
 * checked: none of them may be refused, and what is known to go wrong must be found.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

/* What clusters begin with. */
static const struct setup_row clusters[] = {
	{ ".:53 {\n errors\n health {\n  lameduck 5s\n }\n ready\n"
	  " kubernetes cluster.local in-addr.arpa ip6.arpa {\n  pods insecure\n"
	  "  fallthrough in-addr.arpa ip6.arpa\n  ttl 30\n }\n prometheus :9153\n"
	  " forward . /etc/resolv.conf {\n  max_concurrent 1000\n }\n cache 30 {\n"
	  "  disable success cluster.local\n  disable denial cluster.local\n }\n loop\n reload\n"
	  " loadbalance\n}\n",
	  "" },
	/* A cache on each node: one block for the cluster, two for reverse names, one for the rest. */
	{ "cluster.local:53 {\n errors\n cache {\n  success 9984 30\n  denial 9984 5\n }\n reload\n loop\n"
	  " bind 169.254.20.10 10.96.0.10\n forward . 10.96.0.11 {\n  force_tcp\n }\n"
	  " prometheus :9253\n health 169.254.20.10:8080\n}\n"
	  "in-addr.arpa:53 {\n errors\n cache 30\n reload\n loop\n bind 169.254.20.10 10.96.0.10\n"
	  " forward . 10.96.0.11 {\n  force_tcp\n }\n prometheus :9253\n}\n"
	  "ip6.arpa:53 {\n errors\n cache 30\n reload\n loop\n bind 169.254.20.10 10.96.0.10\n"
	  " forward . 10.96.0.11 {\n  force_tcp\n }\n prometheus :9253\n}\n"
	  ".:53 {\n errors\n cache 30\n reload\n loop\n bind 169.254.20.10 10.96.0.10\n"
	  " forward . /etc/resolv.conf\n prometheus :9253\n}\n",
	  "" },
	/* Search paths on the server, names of another zone, and rewriting. */
	{ "cluster.local example.org {\n errors\n rewrite name suffix .svc.test .svc.cluster.local answer auto\n"
	  " autopath @kubernetes\n cache 30\n kubernetes cluster.local {\n  pods verified\n"
	  "  namespace_labels team in (dns, web),!hidden\n }\n k8s_external example.org\n}\n",
	  "" },
};

START_TEST(clusters_are_right)
{
	setup_check_programs(clusters, ARRAY_SIZE(clusters));
}
END_TEST

static const struct setup_row servers[] = {
	/* An authoritative server, signed and copied. */
	{ "example.org {\n root /etc/dns\n file db.example.org\n sign db.example.org {\n"
	  "  key file Kexample.org.+013+1\n }\n transfer {\n  to * 192.0.2.1\n }\n any\n minimal\n"
	  " nsid ns1\n bufsize 1232\n tsig {\n"
	  "  secret k. NoTCJU+DMqFWywaPyxSijrDEA/eC3nK0xi3AMEZuPVk=\n  require AXFR IXFR\n }\n}\n",
	  "" },
	{ "example.net {\n secondary {\n  transfer from 192.0.2.1 192.0.2.2\n }\n}\n"
	  "org {\n auto {\n  directory /zones (.*)\\.db {1}\n }\n}\n",
	  "" },
	/* Views by source, and what differs for the rest. */
	{ "example.org {\n metadata\n geoip /geo.mmdb\n view nl {\n"
	  "  expr metadata('geoip/country/code') == 'NL'\n }\n file db.nl\n}\n"
	  "example.org {\n acl {\n  block type ANY net *\n  allow net 10.0.0.0/8\n  block\n }\n file db\n}\n",
	  "" },
	{ ". {\n template IN A ip.test {\n  match ^ip-(?P<a>\\d+)[.]ip[.]test[.]$\n"
	  "  answer \"{{ .Name }} 60 IN A 10.0.0.{{ .Group.a }}\"\n  fallthrough\n }\n dns64\n local\n"
	  " header {\n  response set ra\n }\n chaos\n timeouts {\n  idle 30s\n }\n dnstap /tap.sock full\n"
	  " trace\n pprof\n on startup /bin/true\n forward . 192.0.2.1\n}\n",
	  "" },
	{ "tls://. {\n tls c.pem k.pem\n forward . 192.0.2.1\n}\n"
	  "https://. {\n tls c.pem k.pem\n https {\n  max_connections 10\n }\n forward . 192.0.2.1\n}\n",
	  "CF3015 CF3015" },
	{ "a.test {\n etcd\n}\nb.test {\n route53 b.test:Z1\n}\nc.test {\n clouddns c.test:p:z\n}\n"
	  "d.test {\n azure g:d.test\n}\nservice.nomad {\n nomad\n}\ne.test {\n grpc . 192.0.2.1:443\n}\n",
	  "" },
};

START_TEST(servers_are_right)
{
	setup_check_programs(servers, ARRAY_SIZE(servers));
}
END_TEST

static const struct setup_row mistakes[] = {
	{ ". {\n kubernetes in-addr.arpa\n}\n", "CF2002" },
	{ ". {\n autopath @kubernetes\n kubernetes cluster.local\n}\n", "CF3009w" },
	{ ". {\n k8s_external example.org\n whoami\n}\n", "CF3008" },
	{ ". {\n kubernets cluster.local\n}\n", "CF1005" },
	{ ". {\n dns64 64:ff9b::/96 {\n  allow_ipv4\n }\n whoami\n}\n", "CF2014w" },
	{ ". {\n erratic\n whoami\n}\n", "CF3004w" },
	{ "a.test {\n whoami\n}\na.test {\n view v {\n  expr true\n }\n whoami\n}\n", "CF3003w" },
	{ "tls://a.test {\n whoami\n}\n", "CF3007 CF3015" },
	{ ". {\n rewrite name regex (.*) {1}{2}\n whoami\n}\n", "CF2017" },
	{ ". {\n proxy . 192.0.2.1\n whoami\n}\n", "CF1005" },
};

START_TEST(mistakes_are_found)
{
	setup_check_programs(mistakes, ARRAY_SIZE(mistakes));
}
END_TEST

TEST_MAIN("corefiles", clusters_are_right, servers_are_right, mistakes_are_found)
