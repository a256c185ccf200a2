SOURCE_DATE_EPOCH=1800000000
lint --root . --server-name dns.example.org --server-name 192.0.2.53 --server-name 2001:db8::53 --server-name a.example.net --server-name a.b.example.net --no-config names
