// A heap of moments. An entry is never taken out early: whoever no longer wants it changes its generation.
#ifndef BENCH_TIMERS_H
#define BENCH_TIMERS_H

#include "common.h"

#include <stdbool.h>

struct timer {
    uint64_t due;
    void *owner;
    uint64_t generation; // the owner's, when the timer was set
};

void timer_set(uint64_t due, void *owner, uint64_t generation);
bool timer_take(uint64_t now, struct timer *taken); // the earliest one that is due, if any
uint64_t timer_next(void);                          // NEVER when none is set

#endif
