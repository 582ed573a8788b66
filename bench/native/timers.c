#include "timers.h"

#include <stdlib.h>

static struct timer *heap;
static size_t count, capacity;

void timer_set(uint64_t due, void *owner, uint64_t generation)
{
    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 1024;
        heap = realloc(heap, capacity * sizeof *heap);
        if (!heap)
            die("realloc");
    }
    size_t hole = count++;
    for (size_t parent; hole > 0 && heap[parent = (hole - 1) / 2].due > due; hole = parent)
        heap[hole] = heap[parent];
    heap[hole] = (struct timer){due, owner, generation};
}

// Puts the last entry where the first was, and lets it sink to its place.
static void close_gap(void)
{
    struct timer last = heap[--count];
    size_t hole = 0;
    for (;;) {
        size_t child = hole * 2 + 1;
        if (child + 1 < count && heap[child + 1].due < heap[child].due)
            child++;
        if (child >= count || heap[child].due >= last.due)
            break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = last;
}

bool timer_take(uint64_t now, struct timer *taken)
{
    if (count == 0 || heap[0].due > now)
        return false;
    *taken = heap[0];
    close_gap();
    return true;
}

uint64_t timer_next(void)
{
    return count ? heap[0].due : NEVER;
}
