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
  const turns = [];
  let running = null; // what stops the call

  // --- What is asked. While functions wait for their results, what is written is the result ---
  const waiting = () => turns.at(-1)?.tool_calls ?? [];
  function written() {
    if (waiting().length) return waiting().map((call) => ({ role: "tool", tool_call_id: call.id, content: message.value }));
    const pictures = [...attached.children].map((image) => ({ type: "image_url", image_url: { url: image.src } }));
    return [{ role: "user", content: pictures.length ? [{ type: "text", text: message.value }, ...pictures] : message.value }];
  }

  const tools = () => { try { return JSON.parse(value("tools")); } catch { return value("tools"); } }; // the server says what is wrong

  const asked = {
    chat: () => ["/v1/chat/completions", {
      model: value("model"), messages: [...turns, ...written()], ...(on("stream") && { stream: true, stream_options: { include_usage: true } }),
      ...(value("effort") && { reasoning_effort: value("effort") }), ...(on("search") && { web_search_options: {} }), ...(on("calling") && { tools: tools() }),
    }],
    image: () => ["/v1/images/generations", { model: value("model"), prompt: message.value, response_format: "b64_json" }],
    speech: () => ["/v1/audio/speech", { model: value("model"), input: message.value, voice: value("voice"), response_format: "wav" }],
  }[form.dataset.mode];

  function sample() {
    const [path, body] = asked();
    const short = JSON.stringify(body, (_, one) => (typeof one === "string" && one.length > 400 ? `${one.slice(0, 40)}…` : one), 2);
    const filled = { "{url}": form.dataset.address + path, "{body}": short, "{quoted}": short.replaceAll("'", "'\\''") };
    const text = document.getElementById(`sample-${value("language")}`).content.textContent;
    code.textContent = text.replace(/\{(url|body|quoted)\}/g, (place) => filled[place]);
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

  function show(turn, answer, data) {
    const choice = data.choices?.[0] ?? {};
    const told = choice.delta ?? choice.message ?? {};
    const text = told.content ?? told.refusal ?? "";
    at(turn, "said").append(text);
    at(turn, "thought").append(told.reasoning_content ?? "");
    for (const call of told.tool_calls ?? []) {
      const known = answer.calls[call.index ?? answer.calls.length];
      if (known) known.function.arguments += call.function.arguments;
      else answer.calls.push({ id: call.id, type: "function", function: { arguments: "", ...call.function } });
    }
    at(turn, "tools").replaceChildren(...answer.calls.map(({ function: one }) => make("li", { className: "mono", textContent: `${one.name}(${one.arguments})` })));
    const urls = [...(told.images ?? []).map((one) => one.image_url.url), ...(data.data ?? []).map((one) => `data:image/png;base64,${one.b64_json}`)];
    at(turn, "media").append(...urls.map(picture), ...(data.sound ? [make("audio", { controls: true, src: data.sound })] : []));
    at(turn, "links").append(...(told.annotations ?? []).map((one) => link(one.url_citation)));
    Object.assign(answer, { content: answer.content + text, finish: choice.finish_reason ?? answer.finish, tokens: data.usage?.total_tokens ?? answer.tokens });
  }

  // --- One call ---
  function busy(now) {
    running = now;
    [form.elements.send.hidden, form.elements.stop.hidden] = [Boolean(now), !now];
    message.placeholder = waiting().length ? said("result", waiting().map((call) => call.function.name).join(", ")) : form.dataset.hint;
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
    const answer = { content: "", calls: [] };
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
      turns.push(...sent, { role: "assistant", content: answer.content, ...(answer.calls.length && { tool_calls: answer.calls }) });
      attached.replaceChildren();
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
    for (const file of event.target.files ?? []) Object.assign(new FileReader(), { onload: attach }).readAsDataURL(file);
  });
  busy(null);
})();
