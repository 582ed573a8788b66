#define _GNU_SOURCE
#include "answers.h"

#include <string.h>

static enum answer choose_get(struct span target)
{
    if (span_has(target, "/bench/stats"))
        return STATS;
    if (span_has(target, "/bench/shape"))
        return SHAPE;
    if (span_has(target, "/models/"))
        return MODEL;
    return span_has(target, "/models") ? MODELS : NOT_FOUND;
}

static enum answer choose_post(const struct request *request)
{
    if (request->chunked)
        return LENGTH_REQUIRED;
    if (span_has(request->target, ":streamGenerateContent"))
        return STREAM;
    if (span_has(request->target, ":generateContent"))
        return GENERATE;
    if (span_has(request->target, ":batchEmbedContents"))
        return EMBED_BATCH;
    return span_has(request->target, ":embedContent") ? EMBED : NOT_FOUND;
}

size_t count_contents(struct span body)
{
    size_t count = 0;
    const char *end = body.start + body.length;
    for (const char *at = body.start; (at = memmem(at, (size_t)(end - at), "\"content\"", 9)); at += 9)
        count++;
    return count;
}

// A gateway that forgets the key, the contents or asks for what isn't there would look fast: count it.
bool is_bad(const struct request *request, enum answer answer)
{
    struct span key;
    if (answer == NOT_FOUND || answer == LENGTH_REQUIRED || !find_header(request->head, "x-goog-api-key", &key))
        return true;
    return (answer == GENERATE || answer == STREAM) && !span_has(request->body, "\"contents\"");
}

enum answer choose_answer(const struct request *request)
{
    struct span method = request->method;
    bool post = method.length == 4 && memcmp(method.start, "POST", 4) == 0;
    return post ? choose_post(request) : choose_get(request->target);
}
