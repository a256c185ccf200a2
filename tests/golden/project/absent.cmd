lint --config absent Corefile
