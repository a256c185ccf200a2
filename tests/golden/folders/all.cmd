lint -f gcc --no-config .
