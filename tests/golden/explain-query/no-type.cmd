explain example.org BOGUS
