#include "figures.h"

#include <stdlib.h>

#define MOST 8000000 // enough for any run of the bench; keeps a mistake from eating the machine

void sample(struct samples *samples, double value)
{
    if (samples->count == MOST)
        return;
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? samples->capacity * 2 : 4096;
        samples->values = realloc(samples->values, samples->capacity * sizeof *samples->values);
        if (!samples->values)
            die("realloc");
    }
    samples->values[samples->count++] = (float)value;
}

static int ascending(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static double percentile(const struct samples *samples, double part)
{
    return samples->values[(size_t)((double)(samples->count - 1) * part)];
}

void print_samples(struct buffer *out, const char *name, struct samples *samples)
{
    if (samples->count == 0) {
        buffer_print(out, ", \"%s\": null", name);
        return;
    }
    qsort(samples->values, samples->count, sizeof *samples->values, ascending);
    buffer_print(out, ", \"%s\": {\"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}", name, percentile(samples, .5),
                 percentile(samples, .99), percentile(samples, 1));
}
