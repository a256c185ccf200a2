lint ours
