// Which answer a request gets, and whether it was a request a careful gateway would have sent.
#ifndef BENCH_ANSWERS_H
#define BENCH_ANSWERS_H

#include "request.h"

enum answer { GENERATE, STREAM, EMBED, EMBED_BATCH, MODELS, MODEL, SHAPE, STATS, LENGTH_REQUIRED, NOT_FOUND };

enum answer choose_answer(const struct request *request);
size_t count_contents(struct span body);
bool is_bad(const struct request *request, enum answer answer);

#endif
