lint -f gcc -
