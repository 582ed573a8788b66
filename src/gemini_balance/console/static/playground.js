// The playground: builds a call, sends it as the chosen token, shows what comes, piece by piece. Text is only ever text.
"use strict";

(() => {
  // --- Connect: a token that is filled in completes the samples, and goes nowhere ---
  function fill() {
    const field = document.querySelector("[data-fill]");
    for (const code of field ? document.querySelectorAll("main code[id]") : []) {
      code.dataset.plain ??= code.textContent;
      code.textContent = code.dataset.plain.replaceAll(field.dataset.fill, () => field.value.trim() || field.dataset.fill);
    }
  }
  for (const happened of ["input", "htmx:after:swap"]) document.addEventListener(happened, fill);

  const form = document.getElementById("playground");
  if (!form) return;
  const [talk, attached, message, code] = ["talk", "attached", "message", "code"].map((id) => document.getElementById(id));
  const at = (node, name) => node.querySelector(`[data-${name}]`);
  const value = (name) => form.elements[name].value;
  const on = (name) => form.elements[name].checked;
  const said = (name, filled) => form.dataset[name].replace("#", () => filled);
  const make = (tag, fields) => Object.assign(document.createElement(tag), fields);
  const native = form.dataset.format === "native";
  const filled = JSON.parse(form.dataset.filled); // what an earlier call had sent beside what stands in the form
  const { turns, rest } = filled;
  let running = null; // what stops the call

  // --- What is asked. While functions wait for their results, what is written is the result ---
  function waiting() {
    const { parts, tool_calls: calls } = turns.at(-1) ?? {};
    return calls?.map(({ id, function: { name } }) => ({ id, name })) ?? parts?.flatMap((part) => part.functionCall ?? []) ?? [];
  }
  const inline = (url) => ({ inlineData: { mimeType: url.slice(5, url.indexOf(";")), data: url.slice(url.indexOf(",") + 1) } });
  const result = ({ id, name }) => ({ functionResponse: { ...(id && { id }), name, response: { result: message.value } } });

  function written() {
    const [results, urls, { extra }, text] = [waiting(), [...attached.children].map((image) => image.src), filled, message.value];
    if (native) return [{ role: "user", parts: results.length ? results.map(result) : [...(text ? [{ text }] : []), ...urls.map(inline), ...extra] }];
    if (results.length) return results.map(({ id }) => ({ role: "tool", tool_call_id: id, content: text }));
    const more = [...urls.map((url) => ({ type: "image_url", image_url: { url } })), ...extra];
    return [{ role: "user", content: more.length ? [...(text ? [{ type: "text", text }] : []), ...more] : text }];
  }

  const tools = () => { try { return JSON.parse(value("tools")); } catch { return value("tools"); } }; // the server says what is wrong
  const path = (method) => `/v1beta/models/${encodeURIComponent(value("model"))}:${method}`;

  function nativeChat() {
    const thinkingConfig = JSON.parse(form.dataset.efforts).find(([name]) => new RegExp(name).test(value("model")))?.[1][value("effort")];
    const generationConfig = { ...rest.generationConfig, ...(thinkingConfig && { thinkingConfig }) };
    const offered = [...(on("search") ? [{ googleSearch: {} }] : []), ...(on("calling") ? [tools()].flat() : [])];
    return [path(on("stream") ? "streamGenerateContent?alt=sse" : "generateContent"), {
      ...rest, contents: [...turns, ...written()],
      ...(Object.keys(generationConfig).length && { generationConfig }), ...(offered.length && { tools: offered }),
    }];
  }

  const asked = {
    chat: () => native ? nativeChat() : ["/v1/chat/completions", {
      ...rest, model: value("model"), messages: [...turns, ...written()], ...(on("stream") && { stream: true, stream_options: { include_usage: true } }),
      ...(value("effort") && { reasoning_effort: value("effort") }), ...(on("search") && { web_search_options: {} }), ...(on("calling") && { tools: tools() }),
    }],
    image: () => ["/v1/images/generations", { ...rest, model: value("model"), prompt: message.value, response_format: "b64_json" }],
    speech: () => ["/v1/audio/speech", { ...rest, model: value("model"), input: message.value, voice: value("voice"), response_format: "wav" }],
    embeddings: () => native ? [path("embedContent"), { ...rest, content: { parts: [{ text: message.value }, ...filled.extra] } }]
      : ["/v1/embeddings", { ...rest, model: value("model"), input: filled.extra.length ? [message.value, ...filled.extra] : message.value }],
  }[form.dataset.mode];

  function sample() {
    const [path, body] = asked();
    const json = (told) => JSON.stringify(told, (_, one) => (typeof one === "string" && /^[\w+/=:;,.-]{400,}$/.test(one) ? `${one.slice(0, 40)}…` : one), 2);
    const { model, contents, content, generationConfig, ...others } = body;
    const streamed = form.dataset.mode === "chat" && on("stream");
    const [short, config] = [json(body), json({ ...generationConfig, ...others })];
    const places = {
      url: form.dataset.address + path, address: form.dataset.address, body: short, quoted: short.replaceAll("'", "'\\''"), config,
      model: json(model ?? value("model")), contents: json(contents ?? content?.parts[0].text), each: streamed ? "reply" : "[reply]",
      python: streamed ? "generate_content_stream" : "generate_content", js: streamed ? "generateContentStream" : "generateContent",
    };
    const text = document.getElementById(`sample-${value("language")}`).content.textContent;
    code.textContent = text.replace(/\{(\w+)\}/g, (all, place) => places[place] ?? all);
  }

  // --- What comes ---
  const faults = JSON.parse(form.dataset.faults);
  const told = (error) => [faults[error?.code], error?.message].filter(Boolean).join("：");

  async function* replies(reply) {
    const type = reply.headers.get("content-type") ?? "";
    if (type.startsWith("audio/")) return yield { sound: URL.createObjectURL(await reply.blob()) };
    if (!type.startsWith("text/event-stream")) return yield await reply.json();
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = "", piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const lines = (rest + piece.value).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line.startsWith("data: {")) yield JSON.parse(line.slice(6));
    }
  }

  const link = ({ url, title }) => make("a", { textContent: title || url, rel: "noreferrer", ...(/^https?:\/\//.test(url) && { href: url }) });
  const picture = (url) => make("img", { alt: "", ...(/^data:image\/[a-z+.-]+;base64,/.test(url) && { src: url }) });

  function begin(role, text, pictures = []) {
    const turn = document.getElementById(`turn-${role}`).content.firstElementChild.cloneNode(true);
    at(turn, "said").append(text);
    at(turn, "media").append(...pictures);
    document.getElementById("start")?.remove();
    talk.appendChild(turn).scrollIntoView({ block: "nearest" });
    return turn;
  }

  // What a piece of an answer says, whichever format it is in.
  const read = {
    openai(data) {
      const choice = data.choices?.[0] ?? {};
      const told = choice.delta ?? choice.message ?? {};
      const images = [...(told.images ?? []).map((one) => one.image_url.url), ...(data.data ?? []).flatMap((one) => (one.b64_json ? `data:image/png;base64,${one.b64_json}` : []))];
      const links = (told.annotations ?? []).map((one) => one.url_citation);
      const said = { text: told.content ?? told.refusal ?? "", thought: told.reasoning_content ?? "", calls: told.tool_calls ?? [] };
      return { ...said, images, links, finish: choice.finish_reason, tokens: data.usage?.total_tokens, vector: data.data?.[0]?.embedding };
    },
    native(data) {
      const choice = data.candidates?.[0] ?? {};
      const parts = choice.content?.parts ?? [];
      const text = (thought) => parts.map((part) => (Boolean(part.thought) === thought && part.text) || "").join("");
      const calls = parts.flatMap(({ functionCall: one }) => (one ? { function: { name: one.name, arguments: JSON.stringify(one.args ?? {}) } } : []));
      const images = parts.flatMap(({ inlineData: one }) => (one ? `data:${one.mimeType};base64,${one.data}` : []));
      const links = (choice.groundingMetadata?.groundingChunks ?? []).flatMap(({ web }) => (web ? { url: web.uri, title: web.title } : []));
      const ended = { finish: choice.finishReason ?? data.promptFeedback?.blockReason, tokens: data.usageMetadata?.totalTokenCount };
      return { text: text(false), thought: text(true), calls, images, links, parts, ...ended, vector: data.embedding?.values };
    },
  }[native ? "native" : "openai"];

  function show(turn, answer, data) {
    const told = read(data);
    at(turn, "said").append(told.text, told.vector ? `${said("vector", told.vector.length.toLocaleString(document.documentElement.lang))} ${told.vector.slice(0, 8).join(", ")} …` : "");
    at(turn, "thought").append(told.thought);
    for (const call of told.calls) {
      const known = answer.calls[call.index ?? answer.calls.length];
      if (known) known.function.arguments += call.function.arguments;
      else answer.calls.push({ id: call.id, type: "function", function: { arguments: "", ...call.function } });
    }
    at(turn, "tools").replaceChildren(...answer.calls.map(({ function: one }) => make("li", { className: "mono", textContent: `${one.name}(${one.arguments})` })));
    at(turn, "media").append(...told.images.map(picture), ...(data.sound ? [make("audio", { controls: true, src: data.sound })] : []));
    at(turn, "links").append(...told.links.map(link));
    answer.parts.push(...(told.parts ?? []).filter((part) => !part.thought));
    Object.assign(answer, { content: answer.content + told.text, finish: told.finish ?? answer.finish, tokens: told.tokens ?? answer.tokens });
  }

  // --- One call ---
  function busy(now) {
    running = now;
    [form.elements.send.hidden, form.elements.stop.hidden] = [Boolean(now), !now];
    message.placeholder = waiting().length ? said("result", waiting().map((call) => call.name).join(", ")) : form.dataset.hint;
    sample();
  }

  function tell(turn, { wait, tokens, finish }, headers) {
    const [id, attempts] = [headers.get("x-request-id"), headers.get("gemini-balance-attempts")];
    const facts = [wait && said("first", `${(wait / 1000).toFixed(2)} s`), tokens && said("spent", tokens), attempts && said("attempts", attempts), finish, headers.get("gemini-balance-warning")];
    at(turn, "facts").replaceChildren(...facts.filter(Boolean).map((text) => make("span", { textContent: text })));
    at(turn, "model").textContent = headers.get("gemini-balance-model") ?? value("model");
    if (id) Object.assign(at(turn, "route"), { href: `${form.dataset.calls}/${encodeURIComponent(id)}`, hidden: false });
  }

  async function send() {
    const [[path, body], sent, text, began] = [asked(), written(), message.value, performance.now()];
    const answer = { content: "", calls: [], parts: [] };
    begin("me", text, [...attached.children].map((image) => image.cloneNode()));
    const turn = begin("model", "");
    message.value = "";
    let reply = null;
    busy(new AbortController());
    const sending = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal: running.signal };
    try {
      reply = await fetch(form.dataset.as + value("token") + path, sending);
      if (reply.status === 401 && !reply.headers.has("x-request-id")) location.reload(); // the session has ended
      if (!reply.ok) throw new Error(`${said("status", reply.status)} ${told((await reply.json().catch(() => null))?.error)}`);
      for await (const data of replies(reply)) {
        answer.wait ??= performance.now() - began;
        if (data.error) throw new Error(told(data.error));
        show(turn, answer, data);
      }
      const answered = { role: "assistant", content: answer.content, ...(answer.calls.length && { tool_calls: answer.calls }) };
      turns.push(...sent, native ? { role: "model", parts: answer.parts } : answered);
      attached.replaceChildren();
      filled.extra = [];
    } catch (error) {
      message.value ||= text;
      Object.assign(at(turn, "error"), { hidden: false, textContent: error.name === "AbortError" ? form.dataset.stopped : error.message });
    }
    tell(turn, answer, reply?.headers ?? new Headers());
    busy(null);
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); if (!running) send(); });
  form.addEventListener("input", sample);
  form.elements.stop.addEventListener("click", () => running?.abort());
  for (const example of document.querySelectorAll("[data-say]")) {
    example.addEventListener("click", () => { message.value = example.textContent; message.focus(); sample(); });
  }
  message.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("change", (event) => {
    const attach = ({ target }) => { attached.append(picture(target.result)); sample(); };
    if (event.target.name === "format") {
      const kept = { mode: form.dataset.mode, format: value("format"), token: value("token"), model: value("model"), message: message.value.slice(0, 4000) };
      location.search = new URLSearchParams(kept);
    }
    for (const file of event.target.files ?? []) Object.assign(new FileReader(), { onload: attach }).readAsDataURL(file);
  });
  attached.append(...filled.pictures.map(picture));
  busy(null);
})();
