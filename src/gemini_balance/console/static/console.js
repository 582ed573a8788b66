// Everything the console does in the browser besides htmx and charts. Pages work without it; with it they are quicker.
"use strict";

(() => {
  const root = document.documentElement;
  const YEAR = 365 * 86400;
  const TOAST_SECONDS = 8;
  const UNDO_SECONDS = 30;

  function keep(name, value) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/console; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  }

  function kept(name) {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${name}=`));
    return found ? found.slice(name.length + 1) : "";
  }

  // --- The reader's time zone: the server writes all times, so it has to be told once ---
  function tellZone() {
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const told = `${name}~${-new Date().getTimezoneOffset()}`;
    if (kept("gemini-balance-zone") === told) return;
    keep("gemini-balance-zone", told);
    if (kept("gemini-balance-zone") === told && document.querySelector("main time")) location.reload();
  }

  // --- Theme ---
  function isDark() {
    const chosen = root.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function switchTheme() {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    keep("gemini-balance-theme", theme);
    document.dispatchEvent(new CustomEvent("console:theme"));
  }

  // --- Copying ---
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    await write(source.textContent);
    const label = button.querySelector("span");
    const before = label.textContent;
    if (before === button.dataset.copied) return;
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  }

  async function write(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // over plain HTTP there is no clipboard
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  // --- Toasts ---
  function settle(toast) {
    if (toast.dataset.settled) return;
    toast.dataset.settled = "true";
    const seconds = toast.querySelector("form") ? UNDO_SECONDS : TOAST_SECONDS;
    let left = setTimeout(() => toast.remove(), seconds * 1000);
    toast.addEventListener("pointerenter", () => clearTimeout(left));
    toast.addEventListener("focusin", () => clearTimeout(left));
    toast.addEventListener("pointerleave", () => { left = setTimeout(() => toast.remove(), seconds * 1000); });
  }

  // --- Dialogs that the server asks with ---
  function pose() {
    const asked = document.querySelector("dialog[data-modal]");
    if (!asked || asked.matches(":modal")) return;
    asked.classList.remove("still");
    asked.open = false;
    asked.showModal();
    asked.addEventListener("close", () => asked.remove());
  }

  function say() {
    const toast = document.getElementById("toast-failed")?.content.firstElementChild.cloneNode(true);
    if (!toast) return;
    document.getElementById("toasts").replaceChildren(toast);
    settle(toast);
  }

  // --- Ticked rows ---
  function countTicked(form) {
    const bar = form.querySelector("[data-bulk]");
    const boxes = [...form.querySelectorAll("[data-tick]")];
    const ticked = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
    const all = form.querySelector("[data-tick-all]");
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    if (!bar) return;
    const words = bar.querySelector("[data-ticked]");
    words.textContent = words.dataset.ticked.replace("#", new Intl.NumberFormat(root.lang).format(ticked));
    bar.hidden = ticked === 0;
  }

  function tickAll(all) {
    for (const box of all.form.querySelectorAll("[data-tick]")) box.checked = all.checked;
    countTicked(all.form);
  }

  // --- Options: what is looked for, what is wrong, what a chosen file holds ---
  function find(form) {
    const words = form.q.value.toLowerCase().split(/\s+/);
    const list = document.getElementById(form.dataset.find);
    for (const row of list.querySelectorAll("[data-words]")) {
      const fits = words.every((word) => row.dataset.words.includes(word));
      row.hidden = !fits || (form.changed.checked && !("overridden" in row.dataset));
    }
    for (const group of list.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    document.getElementById("none").hidden = Boolean(list.querySelector("[data-group]:not([hidden])"));
  }

  function blame() {
    for (const row of document.querySelectorAll("[data-words]")) {
      const wrong = Boolean(row.querySelector(".err")?.textContent);
      row.querySelector(".field > :is(.input, .area, .select), .with-unit .input")?.setAttribute("aria-invalid", String(wrong));
    }
  }

  // --- Clicks, keys, changes: one listener each, so that what htmx brings needs no care ---
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    let found;
    if ((found = on("[data-copy]"))) copy(found);
    else if ((found = on("[data-dismiss]"))) found.closest("[data-toast], dialog")?.remove();
    else if ((found = on("[data-open]"))) document.getElementById(found.dataset.open)?.showModal();
    else if ((found = on("[data-shut]"))) { event.preventDefault(); found.closest("dialog")?.close(); }
    else if (event.target.matches?.("dialog[open]")) event.target.close();
    for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) tickAll(event.target);
    else if (event.target.matches("[data-tick]") && event.target.form) countTicked(event.target.form);
    else if (event.target.matches("[data-reads]")) {
      event.target.files[0]?.text().then((text) => { document.getElementById(event.target.dataset.reads).value = text; });
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target.form?.matches("[data-find]")) find(event.target.form);
  });

  document.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-shut-after]")) setTimeout(() => event.target.closest("dialog")?.close()); // a download leaves the page as it is
    if (!event.target.matches("[data-theme-switch], [data-find]")) return;
    event.preventDefault();
    if (event.target.matches("[data-theme-switch]")) switchTheme();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  });

  // --- htmx ---
  function live(connected) {
    const mark = document.querySelector("[data-live]");
    if (!mark) return;
    mark.classList.toggle("lost", !connected);
    mark.textContent = connected ? mark.dataset.live : mark.dataset.lost;
  }

  // Nothing moves under the pointer or the focus: what is new waits until they are elsewhere.
  async function untouched(list) {
    const busy = () => list.isConnected && list.querySelector("tbody:hover, :focus");
    if (!busy()) return;
    const mark = document.querySelector("[data-live]");
    if (mark) mark.textContent = list.dataset.gentle;
    while (busy()) await new Promise((done) => { setTimeout(done, 250); });
  }

  document.addEventListener("htmx:sse:before:message", (event) => {
    const list = event.target.closest?.("[data-gentle]");
    if (list) event.detail.waitUntil(untouched(list));
  });
  document.addEventListener("htmx:sse:after:connection", () => live(true));
  document.addEventListener("htmx:sse:after:message", () => live(true));
  document.addEventListener("gone", () => location.reload()); // the session has ended: the reload leads to the door
  document.addEventListener("htmx:sse:error", (event) => {
    if (event.detail.status === 401) location.reload();
    else live(false);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.error?.name !== "AbortError") say();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { status } = event.detail.ctx.response;
    if (status >= 500 || status === 403) say(); // what the page shows stays as it is
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const toast of document.querySelectorAll("[data-toast]")) settle(toast);
    pose();
    for (const bar of document.querySelectorAll("[data-bulk]")) if (bar.closest("form")) countTicked(bar.closest("form"));
    blame();
  });

  tellZone();
  pose();
  for (const toast of document.querySelectorAll("[data-toast]")) settle(toast);
})();
