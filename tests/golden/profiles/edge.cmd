lint --profile edge edge.Corefile
