import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, createPartFromUri, createUserContent } from "@google/genai";
import { google, model } from "./settings.js";

const { files, models } = google();
const story = new Blob(["Once upon a time"], { type: "text/plain" });

test("a file is uploaded, found, listed, used and deleted", async () => {
  const made = await files.upload({ file: story, config: { displayName: "story" } });
  assert.deepEqual([made.displayName, made.mimeType, made.sizeBytes], ["story", "text/plain", "16"]);
  assert.equal((await files.get({ name: made.name })).uri, made.uri);

  const names = [];
  for await (const file of await files.list({ config: { pageSize: 2 } })) names.push(file.name);
  assert.ok(names.includes(made.name));

  const contents = createUserContent([createPartFromUri(made.uri, made.mimeType), "Summarise"]);
  const answer = await models.generateContent({ model, contents });
  assert.match(answer.text, /Summarise/);

  await files.delete({ name: made.name });
  await assert.rejects(files.get({ name: made.name }), (error) => error instanceof ApiError && error.status === 404);
});

test("a file of more than one piece arrives whole", async () => {
  const large = new Blob([new Uint8Array(9 * 1024 * 1024)], { type: "application/octet-stream" });
  const made = await files.upload({ file: large });
  assert.equal(made.sizeBytes, String(large.size));
  await files.delete({ name: made.name });
});
