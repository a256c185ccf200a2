completion --all bash
