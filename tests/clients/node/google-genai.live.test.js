import assert from "node:assert/strict";
import { test } from "node:test";
import { Modality } from "@google/genai";
import { google, talker } from "./settings.js";

// A conversation whose messages wait until they are asked for.
async function connect(config, token) {
  const waiting = [];
  let wake = () => {};
  const told = (message) => {
    waiting.push(message);
    wake();
  };
  const callbacks = { onmessage: told, onclose: (event) => told({ closed: event.code }) };
  const session = await google(token).live.connect({ model: talker, config, callbacks });
  const next = async () => {
    while (waiting.length === 0) await new Promise((resolve) => (wake = resolve));
    return waiting.shift();
  };
  return { session, next };
}

test("a turn is answered with sound until it is complete", async () => {
  const { session, next } = await connect({ responseModalities: [Modality.AUDIO] });
  session.sendClientContent({ turns: "Say hello", turnComplete: true });
  const sounds = [];
  for (let message = await next(); !message.serverContent?.turnComplete; message = await next()) {
    assert.equal(message.closed, undefined);
    for (const part of message.serverContent?.modelTurn?.parts ?? []) sounds.push(part.inlineData.mimeType);
  }
  session.close();
  assert.ok(sounds.length > 0);
  assert.ok(sounds.every((type) => type.startsWith("audio/")));
});

test("a tool is called and its response continues the turn", async () => {
  const tools = [{ functionDeclarations: [{ name: "get_weather" }] }];
  const { session, next } = await connect({ responseModalities: [Modality.AUDIO], tools });
  session.sendClientContent({ turns: "Weather? [[sim: call=get_weather]]", turnComplete: true });
  let message = await next();
  while (!message.toolCall) message = await next();
  const [call] = message.toolCall.functionCalls;
  assert.equal(call.name, "get_weather");
  session.sendToolResponse({ functionResponses: [{ id: call.id, name: call.name, response: { output: "rain" } }] });
  while (!message.serverContent?.turnComplete) message = await next();
  session.close();
});

test("a wrong token never begins", async () => {
  await assert.rejects(connect({ responseModalities: [Modality.AUDIO] }, "no"), /1008.*not one of this gateway's/);
});
