"""Where the operator wants made pictures to be: image hosts that take uploads, one file each kind of signature."""
