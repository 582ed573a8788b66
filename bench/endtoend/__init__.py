"""The same proof over sockets: the real gateway before the fake Google, beside the scheduler that knows everything."""
