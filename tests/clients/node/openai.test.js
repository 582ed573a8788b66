import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { model, pixel, received, thinker, token, url, wasLeft } from "./settings.js";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 });
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = ["get_weather", "get_time"].map((name) => ({ type: "function", function: { name, parameters } }));
const user = (content) => ({ role: "user", content });
const chat = (content, more = {}) => client.chat.completions.create({ model, messages: [user(content)], ...more });

for (const name of [model, thinker]) {
  test(`two rounds of tool calls lead to an answer from ${name}`, async () => {
    const messages = [user("Weather, then time? [[sim: call=get_weather;get_time]]")];
    for (const expected of ["get_weather", "get_time"]) {
      const { choices } = await client.chat.completions.create({ model: name, messages, tools });
      assert.equal(choices[0].finish_reason, "tool_calls");
      assert.deepEqual(choices[0].message.tool_calls.map((call) => call.function.name), [expected]);
      messages.push(choices[0].message);
      messages.push({ role: "tool", tool_call_id: choices[0].message.tool_calls[0].id, content: `from ${expected}` });
    }
    const last = await client.chat.completions.create({ model: name, messages, tools });
    assert.equal(last.choices[0].finish_reason, "stop");
    assert.match(last.choices[0].message.content, /from get_time/);
  });

  test(`the library's own loop runs parallel tools while ${name} streams`, async () => {
    const ran = [];
    const runnable = tools.map((tool) => ({
      type: "function",
      function: {
        ...tool.function,
        parse: JSON.parse,
        function: ({ city }) => {
          ran.push(tool.function.name);
          return `${tool.function.name} of ${city}`;
        },
      },
    }));
    const runner = client.chat.completions.runTools({
      model: name,
      stream: true,
      messages: [user("Both? [[sim: call=get_weather,get_time]]")],
      tools: runnable,
    });
    assert.match(await runner.finalContent(), /get_time of city/);
    assert.deepEqual(ran, ["get_weather", "get_time"]);
  });
}

test("calls streamed side by side keep their index, id and arguments", async () => {
  const stream = client.chat.completions.stream({
    model: thinker,
    messages: [user("Both? [[sim: call=get_weather,get_time chunk=7]]")],
    tools,
  });
  const { choices } = await stream.finalChatCompletion();
  const calls = choices[0].message.tool_calls;
  assert.equal(choices[0].finish_reason, "tool_calls");
  assert.deepEqual(calls.map((call) => call.function.name), ["get_weather", "get_time"]);
  assert.deepEqual(calls.map((call) => JSON.parse(call.function.arguments)), [{ city: "city" }, { city: "city" }]);
  assert.notEqual(calls[0].id, calls[1].id);
});

test("structured output is parsed by its zod schema", async () => {
  const City = z.object({ name: z.string(), people: z.number().int(), rivers: z.array(z.string()) });
  const answer = await client.chat.completions.parse({
    model,
    messages: [user("A city")],
    response_format: zodResponseFormat(City, "city"),
  });
  assert.deepEqual(answer.choices[0].message.parsed, { name: "name", people: 1, rivers: ["rivers"] });
  assert.equal((await received()).generationConfig.responseMimeType, "application/json");
});

test("a json object is json", async () => {
  const answer = await chat("As JSON", { response_format: { type: "json_object" } });
  assert.equal(typeof JSON.parse(answer.choices[0].message.content), "object");
});

test("an image reaches Google as it was sent", async () => {
  const data = pixel.toString("base64");
  await chat([
    { type: "text", text: "What is it?" },
    { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } },
  ]);
  const parts = (await received()).contents[0].parts;
  assert.deepEqual(parts, [{ text: "What is it?" }, { inlineData: { mimeType: "image/png", data } }]);
});

test("a stream gives its text, one finish reason and usage once", async () => {
  const stream = await chat("Hello [[sim: words=30 events=5]]", { stream: true, stream_options: { include_usage: true } });
  let text = "";
  const reasons = [];
  const usages = [];
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
    if (chunk.usage) usages.push(chunk.usage);
  }
  assert.match(text, /Hello/);
  assert.deepEqual(reasons, ["stop"]);
  assert.equal(usages.length, 1);
  assert.equal(usages[0].total_tokens, usages[0].prompt_tokens + usages[0].completion_tokens);
});

test("usage of a whole answer counts thoughts", async () => {
  const { usage } = await chat("Think [[sim: thoughts=40]]", { model: thinker });
  assert.equal(usage.completion_tokens_details.reasoning_tokens, 40);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
});

test("a wrong token raises the library's authentication error", async () => {
  const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: "no", maxRetries: 0 });
  await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  const asked = stranger.chat.completions.create({ model, messages: [user("Hi")] });
  await assert.rejects(asked, OpenAI.AuthenticationError);
});

test("an unknown model raises the library's not found error", async () => {
  await assert.rejects(chat("Hi", { model: "gemini-9-flash" }), OpenAI.NotFoundError);
});

test("an error in the middle of a stream is raised after the text before it", async () => {
  const stream = await chat("Hi [[sim: words=50 pace_ms=40 fault=error_in_stream after=2]]", { stream: true });
  let text = "";
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  };
  await assert.rejects(read(), OpenAI.APIError);
  assert.match(text, /Hi/);
});

test("aborting a stream ends the call to Google", async () => {
  const stream = await chat("Leave me [[sim: words=500 events=100 pace_ms=50]]", { stream: true });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) break;
  }
  stream.controller.abort();
  assert.ok(await wasLeft("Leave me"));
});
