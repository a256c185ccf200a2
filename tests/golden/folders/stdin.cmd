lint --stdin-name zone/from-pipe -f gcc -
