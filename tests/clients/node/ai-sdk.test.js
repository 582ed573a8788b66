import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateObject, generateText, stepCountIs, streamObject, streamText, tool } from "ai";
import { z } from "zod";
import { model, pixel, received, thinker, token, url, wasLeft } from "./settings.js";

const settings = { name: "gemini-balance", baseURL: `${url}/v1`, includeUsage: true, supportsStructuredOutputs: true };
const provider = createOpenAICompatible({ ...settings, apiKey: token });
const common = { model: provider(model), maxRetries: 0 };
const City = z.object({ name: z.string(), people: z.number().int(), rivers: z.array(z.string()) });
const sample = { name: "name", people: 1, rivers: ["rivers"] };

function toolbox() {
  const ran = [];
  const make = (name) =>
    tool({
      description: `Calls ${name}`,
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        ran.push(name);
        return { answer: `${name} of ${city}` };
      },
    });
  return { ran, tools: { get_weather: make("get_weather"), get_time: make("get_time") } };
}

for (const name of [model, thinker]) {
  test(`two rounds of tool calls lead to an answer from ${name}`, async () => {
    const { ran, tools } = toolbox();
    const prompt = "Weather, then time? [[sim: call=get_weather;get_time]]";
    const done = await generateText({ ...common, model: provider(name), prompt, tools, stopWhen: stepCountIs(5) });
    assert.deepEqual(ran, ["get_weather", "get_time"]);
    assert.deepEqual(done.steps.map((step) => step.finishReason), ["tool-calls", "tool-calls", "stop"]);
    assert.match(done.text, /get_time of city/);
  });

  test(`parallel calls stream, run and are answered in order with ${name}`, async () => {
    const { ran, tools } = toolbox();
    const prompt = "Both? [[sim: call=get_weather,get_time chunk=7]]";
    const done = streamText({ ...common, model: provider(name), prompt, tools, stopWhen: stepCountIs(5) });
    assert.match(await done.text, /get_time of city/);
    assert.deepEqual(ran, ["get_weather", "get_time"]);
    const answered = (await received()).contents.at(-1).parts.map((part) => part.functionResponse.name);
    assert.deepEqual(answered, ["get_weather", "get_time"]);
  });
}

test("a required tool is called", async () => {
  const { tools } = toolbox();
  const done = await generateText({ ...common, prompt: "Hi", tools, toolChoice: { type: "tool", toolName: "get_time" } });
  assert.deepEqual(done.toolCalls.map((call) => call.toolName), ["get_time"]);
});

test("structured output is parsed by its zod schema", async () => {
  const { object } = await generateObject({ ...common, prompt: "A city", schema: City });
  assert.deepEqual(object, sample);
});

test("structured output is parsed while it streams", async () => {
  const done = streamObject({ ...common, prompt: "A city [[sim: events=6]]", schema: City });
  let partials = 0;
  for await (const partial of done.partialObjectStream) partials += partial ? 1 : 0;
  assert.ok(partials > 0);
  assert.deepEqual(await done.object, sample);
});

test("an image reaches Google as it was sent", async () => {
  const content = [{ type: "text", text: "What is it?" }, { type: "image", image: pixel, mediaType: "image/png" }];
  await generateText({ ...common, messages: [{ role: "user", content }] });
  const parts = (await received()).contents[0].parts;
  assert.deepEqual(parts[1], { inlineData: { mimeType: "image/png", data: pixel.toString("base64") } });
});

test("a stream gives text, a finish reason and usage that adds up", async () => {
  const done = streamText({ ...common, prompt: "Hello [[sim: words=30 events=5]]" });
  let pieces = 0;
  for await (const _ of done.textStream) pieces += 1;
  const usage = await done.usage;
  assert.ok(pieces > 1);
  assert.equal(await done.finishReason, "stop");
  assert.equal(usage.totalTokens, usage.inputTokens + usage.outputTokens);
});

test("thoughts that are asked for come as reasoning and are counted", async () => {
  const google = { thinking_config: { include_thoughts: true } };
  const done = await generateText({
    ...common,
    model: provider(thinker),
    prompt: "Think [[sim: thoughts=40]]",
    providerOptions: { "gemini-balance": { extra_body: { google } } },
  });
  assert.match(done.reasoningText, /Thinking it over/);
  assert.equal(done.usage.outputTokenDetails.reasoningTokens, 40);
});

test("a wrong token is an API error with status 401", async () => {
  const stranger = createOpenAICompatible({ ...settings, apiKey: "no" });
  const asked = generateText({ ...common, model: stranger(model), prompt: "Hi" });
  await assert.rejects(asked, (error) => APICallError.isInstance(error) && error.statusCode === 401);
});

test("an error in the middle of a stream arrives as an error after the text before it", async () => {
  const prompt = "Hi [[sim: words=50 pace_ms=40 fault=error_in_stream after=2]]";
  const done = streamText({ ...common, prompt, onError: () => {} });
  const kinds = [];
  for await (const part of done.fullStream) kinds.push(part.type);
  assert.ok(kinds.indexOf("text-delta") >= 0 && kinds.indexOf("text-delta") < kinds.indexOf("error"), kinds.join());
});

test("aborting a stream ends the call to Google", async () => {
  const stop = new AbortController();
  const prompt = "Leave me [[sim: words=500 events=100 pace_ms=50]]";
  const done = streamText({ ...common, prompt, abortSignal: stop.signal, onError: () => {} });
  for await (const part of done.fullStream) if (part.type === "text-delta") stop.abort();
  assert.ok(await wasLeft("Leave me"));
});
