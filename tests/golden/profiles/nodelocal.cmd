lint --profile nodelocal nodelocal.Corefile
