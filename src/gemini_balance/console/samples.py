"""The playground's call as a program, in each format's own library. playground.js puts in what stands in braces:
`{url}` and `{body}` of the request, `{quoted}`: the body within single quotes of a shell, `{address}`: ours, `{model}`,
`{contents}` and `{config}`: of a call in Gemini's format, `{python}`, `{js}` and `{each}`: the method, streamed or not,
and what comes piece by piece."""

from __future__ import annotations

CURL = """curl "{url}" \\
  -H "%s: %sYOUR_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{quoted}'"""
OPENAI_CURL, NATIVE_CURL = CURL % ("Authorization", "Bearer "), CURL % ("x-goog-api-key", "")
OPENAI_PYTHON = '''import json

from openai import OpenAI

client = OpenAI(base_url="{address}/v1", api_key="YOUR_TOKEN")
body = json.loads(r"""{body}""")
'''
OPENAI_JS = """import OpenAI from "openai";
%s
const client = new OpenAI({ baseURL: "{address}/v1", apiKey: "YOUR_TOKEN" });
const body = {body};
"""
WRITES = """import { writeFile } from "node:fs/promises";
"""
NATIVE_PYTHON = """import json

from google import genai

client = genai.Client(api_key="YOUR_TOKEN", http_options={"base_url": "{address}"})
"""
NATIVE_JS = """import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({ apiKey: "YOUR_TOKEN", httpOptions: { baseUrl: "{address}" } });
"""
PYTHON = {
    ("openai", "chat"): OPENAI_PYTHON
    + """streamed = body.pop("stream", False)
asked = {"model": body.pop("model"), "messages": body.pop("messages")}
reply = client.chat.completions.create(**asked, stream=streamed, extra_body=body)
for piece in reply if streamed else [reply]:
    print(piece.to_json(indent=None))""",
    ("openai", "image"): "import base64\n"
    + OPENAI_PYTHON
    + """reply = client.images.generate(model=body.pop("model"), prompt=body.pop("prompt"), extra_body=body)
with open("image.png", "wb") as file:
    file.write(base64.b64decode(reply.data[0].b64_json))""",
    ("openai", "speech"): OPENAI_PYTHON
    + """asked = {"model": body.pop("model"), "input": body.pop("input"), "voice": body.pop("voice")}
client.audio.speech.create(**asked, extra_body=body).write_to_file("speech.wav")""",
    ("openai", "embeddings"): OPENAI_PYTHON
    + """reply = client.embeddings.create(model=body.pop("model"), input=body.pop("input"), extra_body=body)
print(reply.data[0].embedding)""",
    ("native", "chat"): NATIVE_PYTHON
    + '''contents = json.loads(r"""{contents}""")
config = json.loads(r"""{config}""")
reply = client.models.{python}(model={model}, contents=contents, config=config)
for piece in {each}:
    print(piece.text or "", end="")''',
    ("native", "embeddings"): NATIVE_PYTHON
    + '''config = json.loads(r"""{config}""")
reply = client.models.embed_content(model={model}, contents={contents}, config=config)
print(reply.embeddings[0].values)''',
}
"""By format and mode, as are those in JS."""
JS = {
    ("openai", "chat"): OPENAI_JS % ""
    + """const reply = await client.chat.completions.create(body);
for await (const piece of {each}) console.log(JSON.stringify(piece));""",
    ("openai", "image"): OPENAI_JS % WRITES
    + """const reply = await client.images.generate(body);
await writeFile("image.png", Buffer.from(reply.data[0].b64_json, "base64"));""",
    ("openai", "speech"): OPENAI_JS % WRITES
    + """const reply = await client.audio.speech.create(body);
await writeFile("speech.wav", Buffer.from(await reply.arrayBuffer()));""",
    ("openai", "embeddings"): OPENAI_JS % ""
    + """const reply = await client.embeddings.create(body);
console.log(reply.data[0].embedding);""",
    ("native", "chat"): NATIVE_JS
    + """const reply = await client.models.{js}({ model: {model}, contents: {contents}, config: {config} });
for await (const piece of {each}) console.log(piece.text ?? "");""",
    ("native", "embeddings"): NATIVE_JS
    + """const reply = await client.models.embedContent({ model: {model}, contents: {contents}, config: {config} });
console.log(reply.embeddings[0].values);""",
}


def samples(form: str, mode: str) -> tuple[tuple[str, str, str], ...]:
    """Name, title and text of each."""
    curl = NATIVE_CURL if form == "native" else OPENAI_CURL
    return ("curl", "curl", curl), ("python", "Python", PYTHON[form, mode]), ("js", "JS", JS[form, mode])
