import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, GoogleGenAI } from "@google/genai";
import { model, thinker, token, url } from "./settings.js";

const client = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url } });
const parametersJsonSchema = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema }] }];

test("a whole answer and a stream hold the text", async () => {
  const whole = await client.models.generateContent({ model, contents: "Hello" });
  assert.match(whole.text, /Hello/);
  let text = "";
  for await (const chunk of await client.models.generateContentStream({ model, contents: "Hello" })) text += chunk.text;
  assert.match(text, /Hello/);
});

test("a chat calls a tool and continues with its signature", async () => {
  const chat = client.chats.create({ model: thinker, config: { tools } });
  const asked = await chat.sendMessage({ message: "Weather? [[sim: call=get_weather]]" });
  const [call] = asked.functionCalls;
  const response = { id: call.id, name: call.name, response: { output: "rain" } };
  const answered = await chat.sendMessage({ message: [{ functionResponse: response }] });
  assert.match(answered.text, /rain/);
});

test("a wrong token raises the library's error", async () => {
  const stranger = new GoogleGenAI({ apiKey: "no", httpOptions: { baseUrl: url } });
  const asked = stranger.models.generateContent({ model, contents: "Hi" });
  await assert.rejects(asked, (error) => error instanceof ApiError && error.status === 401);
});
