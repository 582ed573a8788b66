import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { received, thinker, token, url } from "./settings.js";

const program = fileURLToPath(new URL("node_modules/@google/gemini-cli/bundle/gemini.js", import.meta.url));
const offline = new URL("offline.js", import.meta.url).href;
const settings = {
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  security: { auth: { selectedType: "gemini-api-key" } },
};
let home;
let folder;

before(async () => {
  home = await mkdtemp(join(tmpdir(), "gemini-cli-"));
  folder = join(home, "project");
  await mkdir(join(home, ".gemini"));
  await mkdir(folder);
  await writeFile(join(home, ".gemini", "settings.json"), JSON.stringify(settings));
  await writeFile(join(folder, "notes.txt"), "The harvest was good.\n");
});

after(() => rm(home, { recursive: true, force: true }));

// What the command line prints as JSON for one prompt, and how it ends.
async function asked(prompt, key = token) {
  const arguments_ = ["--import", offline, program, "-m", thinker, "-o", "json", "-p", prompt];
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    GEMINI_API_KEY: key,
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_CLI_TRUST_WORKSPACE: "true",
    GEMINI_CLI_NO_RELAUNCH: "true",
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, arguments_, { cwd: folder, env, timeout: 60_000 }, (error, out, err) =>
      resolve({ status: error?.code ?? 0, out, err }),
    );
    child.stdin.end();
  });
}

test("a prompt is answered", async () => {
  const { status, out, err } = await asked('Hello [[sim: text="Good morning." events=3]]');
  assert.equal(status, 0, err);
  assert.equal(JSON.parse(out).response, "Good morning.");
  assert.doesNotMatch(err, /the network is closed/);
});

test("a prompt is answered after a tool was called", async () => {
  const { status, out, err } = await asked(
    String.raw`Read the notes [[sim: call=read_file args="{\"file_path\":\"notes.txt\"}"]]`,
  );
  assert.equal(status, 0, err);
  const told = JSON.parse(out);
  assert.match(told.response, /The harvest was good\./);
  const { count, success } = told.stats.tools.byName.read_file;
  assert.deepEqual({ count, success }, { count: 1, success: 1 });
  assert.doesNotMatch(err, /the network is closed/);

  const parts = (await received()).contents.flatMap((content) => content.parts);
  const call = parts.find((part) => part.functionCall);
  assert.equal(call.functionCall.name, "read_file");
  assert.ok(call.thoughtSignature);
});

test("a wrong token is told", async () => {
  const { status, out, err } = await asked("Hello", "no");
  assert.notEqual(status, 0);
  assert.match(out + err, /not one of this gateway's/);
});
