#define _GNU_SOURCE
#include "replies.h"

#include <stdio.h>
#include <string.h>

#define DIMENSIONS 768

static const char *const MODELS[] = {"gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite",
                                     "gemini-embedding-001"};

static void add_text(struct buffer *out, long bytes)
{
    static const char WORDS[] = "Tides follow the moon, rivers follow the slope, and requests follow the free key. ";
    while (bytes > 0) {
        size_t part = (size_t)bytes < sizeof WORDS - 1 ? (size_t)bytes : sizeof WORDS - 1;
        buffer_add(out, WORDS, part);
        bytes -= (long)part;
    }
}

static void add_usage(struct buffer *out)
{
    // Google's arithmetic: the total counts the prompt, the answer and the thoughts.
    buffer_print(out, "\"usageMetadata\": {\"promptTokenCount\": 251, \"candidatesTokenCount\": 173, "
                      "\"totalTokenCount\": 836, \"promptTokensDetails\": [{\"modality\": \"TEXT\", "
                      "\"tokenCount\": 251}], \"thoughtsTokenCount\": 412}, "
                      "\"modelVersion\": \"gemini-2.5-flash\", \"responseId\": \"b3nchAAAAAAAAAAAAAAAAAA\"}");
}

void add_json_reply(struct buffer *out, const char *status, const struct buffer *body)
{
    buffer_print(out, "HTTP/1.1 %s\r\nContent-Type: application/json; charset=UTF-8\r\nVary: Origin\r\n"
                      "Server: scaffolding on HTTPServer2\r\nContent-Length: %zu\r\n\r\n",
                 status, body->length);
    buffer_add(out, body->data, body->length);
}

static void keep_reply(struct buffer *reply, const char *status, struct buffer *body)
{
    reply->length = 0;
    add_json_reply(reply, status, body);
    body->length = 0;
}

static void build_generate(struct replies *replies, const struct shape *shape)
{
    struct buffer body = {0};
    buffer_print(&body, "{\n  \"candidates\": [{\"content\": {\"parts\": [{\"text\": \"" REPLY_MARKER " ");
    add_text(&body, shape->output_bytes);
    buffer_print(&body, "\"}], \"role\": \"model\"}, \"finishReason\": \"STOP\", \"index\": 0}],\n  ");
    add_usage(&body);
    buffer_print(&body, "\n");
    keep_reply(&replies->generate, "200 OK", &body);
    buffer_free(&body);
}

static void add_vector(struct buffer *out)
{
    buffer_print(out, "{\"values\": [");
    for (int i = 0; i < DIMENSIONS; i++)
        buffer_print(out, "%s%.8f", i ? ", " : "", (i * 37 % 1009 - 504) / 9973.0);
    buffer_print(out, "]}");
}

void add_batch_embeddings(struct buffer *out, size_t count)
{
    struct buffer body = {0};
    buffer_print(&body, "{\"embeddings\": [");
    for (size_t i = 0; i < count; i++) {
        buffer_print(&body, "%s", i ? ", " : "");
        add_vector(&body);
    }
    buffer_print(&body, "]}\n");
    add_json_reply(out, "200 OK", &body);
    buffer_free(&body);
}

static void add_model(struct buffer *out, const char *name)
{
    buffer_print(out, "{\"name\": \"models/%s\", \"version\": \"001\", \"displayName\": \"%s\", "
                      "\"inputTokenLimit\": 1048576, \"outputTokenLimit\": 65536, \"supportedGenerationMethods\": "
                      "[\"generateContent\", \"countTokens\", \"embedContent\"], \"thinking\": true}",
                 name, name);
}

static void build_small_replies(struct replies *replies)
{
    struct buffer body = {0};
    buffer_print(&body, "{\"embedding\": ");
    add_vector(&body);
    buffer_print(&body, "}\n");
    keep_reply(&replies->embed, "200 OK", &body);

    buffer_print(&body, "{\"models\": [");
    for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
        buffer_print(&body, "%s", i ? ", " : "");
        add_model(&body, MODELS[i]);
    }
    buffer_print(&body, "]}\n");
    keep_reply(&replies->models, "200 OK", &body);

    add_model(&body, "gemini-2.5-flash");
    keep_reply(&replies->model, "200 OK", &body);
    buffer_print(&body, "{\"error\": {\"code\": 404, \"message\": \"not served by the bench\", "
                        "\"status\": \"NOT_FOUND\"}}\n");
    keep_reply(&replies->not_found, "404 Not Found", &body);
    buffer_print(&body, "{\"error\": {\"code\": 411, \"message\": \"the bench's upstream wants a Content-Length\"}}\n");
    keep_reply(&replies->length_required, "411 Length Required", &body);
    buffer_free(&body);
}

static size_t build_event(struct buffer *event, const struct shape *shape, bool last)
{
    struct buffer body = {0};
    buffer_print(&body, "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"" STAMP_OPEN "%0*d] ",
                 STAMP_DIGITS, 0);
    add_text(&body, shape->text_bytes - (long)STAMP_LENGTH);
    buffer_print(&body, "\"}], \"role\": \"model\"}, %s\"index\": 0}], ", last ? "\"finishReason\": \"STOP\", " : "");
    add_usage(&body);
    buffer_print(&body, "\r\n\r\n");

    // Google sends each event as an HTTP chunk of its own.
    event->length = 0;
    buffer_print(event, "%zx\r\n", body.length);
    buffer_add(event, body.data, body.length);
    buffer_print(event, "\r\n%s", last ? "0\r\n\r\n" : "");
    buffer_free(&body);
    char *stamp = memmem(event->data, event->length, STAMP_OPEN, sizeof STAMP_OPEN - 1);
    return (size_t)(stamp - event->data) + sizeof STAMP_OPEN - 1;
}

void build_replies(struct replies *replies, const struct shape *shape)
{
    build_generate(replies, shape);
    build_small_replies(replies);
    replies->stamp = build_event(&replies->event, shape, false);
    replies->last_stamp = build_event(&replies->last_event, shape, true);
    replies->stream_head.length = 0;
    buffer_print(&replies->stream_head,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Disposition: attachment\r\n"
                 "Vary: Origin\r\nServer: scaffolding on HTTPServer2\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void add_event(struct buffer *out, const struct replies *replies, bool last)
{
    const struct buffer *event = last ? &replies->last_event : &replies->event;
    size_t stamp = out->length + (last ? replies->last_stamp : replies->stamp);
    buffer_add(out, event->data, event->length);
    uint64_t now = now_us();
    for (size_t digit = STAMP_DIGITS; digit-- > 0; now /= 10)
        out->data[stamp + digit] = (char)('0' + now % 10);
}
