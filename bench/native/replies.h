// What the upstream says: replies shaped like Gemini's, built once per change of shape.
#ifndef BENCH_REPLIES_H
#define BENCH_REPLIES_H

#include "common.h"

#include <stdbool.h>

// What can be changed while the upstream runs.
struct shape {
    long latency_us;   // silence before the first byte
    long pace_us;      // time between two events of a stream; 0 = as fast as the reader takes them
    long events;       // events of a stream
    long text_bytes;   // text in each event
    long output_bytes; // text in a reply that is not a stream
};

struct replies {
    struct buffer generate, embed, models, model, not_found, length_required;
    struct buffer stream_head, event, last_event;
    size_t stamp, last_stamp; // where the digits of the stamp begin
};

void build_replies(struct replies *replies, const struct shape *shape);
void add_event(struct buffer *out, const struct replies *replies, bool last);
void add_batch_embeddings(struct buffer *out, size_t count);
void add_json_reply(struct buffer *out, const char *status, const struct buffer *body);

#endif
