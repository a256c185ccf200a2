lint -f gcc --input-format yaml -
