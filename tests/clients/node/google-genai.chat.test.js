import assert from "node:assert/strict";
import { test } from "node:test";
import { google, model, received, thinker } from "./settings.js";

const parametersJsonSchema = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema }] }];

test("a chat remembers its turns", async () => {
  const chat = google().chats.create({ model });
  await chat.sendMessage({ message: "One" });
  const second = await chat.sendMessage({ message: "Two" });
  assert.match(second.text, /turn 2/);
  const roles = (await received()).contents.map((content) => content.role);
  assert.deepEqual(roles, ["user", "model", "user"]);
});

test("a chat's message streams", async () => {
  const chat = google().chats.create({ model });
  let text = "";
  for await (const chunk of await chat.sendMessageStream({ message: "Hello" })) text += chunk.text ?? "";
  assert.match(text, /Hello/);
  await chat.sendMessage({ message: "Again" });
  const sent = (await received()).contents;
  assert.equal(sent[0].parts[0].text, "Hello");
  assert.equal(sent.slice(1, -1).map((content) => content.parts[0].text).join(""), text);
});

test("a chat calls a tool and continues with its signature", async () => {
  const chat = google().chats.create({ model: thinker, config: { tools } });
  const asked = await chat.sendMessage({ message: "Weather? [[sim: call=get_weather]]" });
  const [call] = asked.functionCalls;
  const response = { id: call.id, name: call.name, response: { output: "rain" } };
  const answered = await chat.sendMessage({ message: [{ functionResponse: response }] });
  assert.match(answered.text, /rain/);
});
