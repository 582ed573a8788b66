import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "@google/genai";
import { google, model } from "./settings.js";

const { caches, models } = google();
const contents = "long ago ".repeat(2000);

test("a cache is made, used, found, listed, prolonged and deleted", async () => {
  const made = await caches.create({ model, config: { contents, ttl: "300s", displayName: "tale" } });
  assert.deepEqual([made.displayName, made.model], ["tale", `models/${model}`]);

  const config = { cachedContent: made.name };
  const answer = await models.generateContent({ model, contents: "Go on", config });
  assert.equal(answer.usageMetadata.cachedContentTokenCount, made.usageMetadata.totalTokenCount);

  assert.equal((await caches.get({ name: made.name })).expireTime, made.expireTime);
  const names = [];
  for await (const cache of await caches.list()) names.push(cache.name);
  assert.ok(names.includes(made.name));

  const longer = await caches.update({ name: made.name, config: { ttl: "900s" } });
  assert.ok(Date.parse(longer.expireTime) > Date.parse(made.expireTime));

  await caches.delete({ name: made.name });
  await assert.rejects(caches.get({ name: made.name }), (error) => error instanceof ApiError && error.status === 404);
});
