"""How much of a key pool's real quota becomes good answers: a simulation beside a scheduler that knows everything."""
