plugins whoami log
