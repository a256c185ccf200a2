explain x.org
