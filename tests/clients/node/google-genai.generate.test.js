import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "@google/genai";
import { google, model } from "./settings.js";

test("a whole answer holds the text and its usage", async () => {
  const whole = await google().models.generateContent({ model, contents: "Hello" });
  assert.match(whole.text, /Hello/);
  const usage = whole.usageMetadata;
  assert.equal(usage.totalTokenCount, usage.promptTokenCount + usage.candidatesTokenCount + (usage.thoughtsTokenCount ?? 0));
});

test("an answer fits the schema that was asked for", async () => {
  const responseJsonSchema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const config = { responseMimeType: "application/json", responseJsonSchema };
  const whole = await google().models.generateContent({ model, contents: "Where?", config });
  assert.deepEqual(Object.keys(JSON.parse(whole.text)), ["city"]);
});

test("a wrong token raises the library's error", async () => {
  const asked = google("no").models.generateContent({ model, contents: "Hi" });
  await assert.rejects(asked, (error) => error instanceof ApiError && error.status === 401);
});

test("tokens are counted and models listed", async () => {
  const counted = await google().models.countTokens({ model, contents: "Hello" });
  assert.ok(counted.totalTokens > 0);
  const names = [];
  for await (const listed of await google().models.list()) names.push(listed.name);
  assert.ok(names.includes(`models/${model}`));
});
