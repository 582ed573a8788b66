// Samples and their percentiles.
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include "common.h"

struct samples {
    float *values;
    size_t count, capacity;
};

void sample(struct samples *samples, double value);
void print_samples(struct buffer *out, const char *name, struct samples *samples);

#endif
