import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "@google/genai";
import { google, model, wasLeft } from "./settings.js";

test("a stream comes in pieces that make the whole text", async () => {
  const contents = 'Hi [[sim: text="one two three four" events=4]]';
  const pieces = [];
  for await (const chunk of await google().models.generateContentStream({ model, contents })) pieces.push(chunk);
  assert.ok(pieces.length > 1);
  assert.equal(pieces.map((piece) => piece.text ?? "").join(""), "one two three four");
  assert.equal(pieces.at(-1).candidates[0].finishReason, "STOP");
});

test("a failure in the middle of a stream is the library's error", async () => {
  const contents = "Hi [[sim: words=40 events=5 fault=error_in_stream after=2]]";
  const stream = await google().models.generateContentStream({ model, contents });
  const read = async () => {
    for await (const chunk of stream) assert.ok(chunk);
  };
  await assert.rejects(read, (error) => error instanceof ApiError && error.status === 503);
});

test("whoever leaves a stream is not served on", async () => {
  const contents = "Leaving soon [[sim: words=400 events=100 pace_ms=50]]";
  const leaving = new AbortController();
  const config = { abortSignal: leaving.signal };
  const stream = await google().models.generateContentStream({ model, contents, config });
  await stream.next();
  leaving.abort();
  assert.ok(await wasLeft("Leaving soon"));
});
