// Where the gateway is, and what the clients' tests share.

import { GoogleGenAI } from "@google/genai";

export const url = process.env.GATEWAY_URL;
export const token = process.env.TOKEN;
export const model = "gemini-2.5-flash";
export const thinker = "gemini-3.6-flash";
export const talker = "gemini-3.1-flash-live-preview";

// Google's own client.
export const google = (apiKey = token) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } });

// The first bytes of a PNG: enough for everyone who looks at the type.
export const pixel = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(24)]);

// The calls that the fake Google received, oldest first.
async function calls() {
  const reply = await fetch(`${process.env.GOOGLE_URL}/__requests`);
  return (await reply.json()).filter((call) => call.method === "POST");
}

// The body of the last one.
export async function received() {
  return JSON.parse((await calls()).at(-1).body);
}

// Whether the call with this text ended because its caller left; asked again, because leaving takes a moment to arrive.
export async function wasLeft(text) {
  for (let asked = 0; asked < 100; asked += 1) {
    if ((await calls()).some((call) => call.body.includes(text) && call.ending === "aborted")) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
