diff keyed keyed-other
