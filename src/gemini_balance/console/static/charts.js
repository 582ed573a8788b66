// Draws every [data-chart] with uPlot, in the colours of the tokens, and again when the theme changes.
"use strict";

(() => {
  if (typeof uPlot === "undefined") return;
  const drawn = new Map();
  const lang = document.documentElement.lang;
  const numbers = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });
  const exact = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
  const whole = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  // A canvas knows no custom properties: the colour is read where CSS has resolved it.
  function colours(host) {
    const probe = document.createElement("i");
    probe.hidden = true;
    host.append(probe);
    const read = (token) => {
      probe.className = `ink-${token}`;
      return getComputedStyle(probe).color;
    };
    return { read, done: () => probe.remove() };
  }

  const moment = (seconds, span) => (span > 2 * 86400 ? day : clock).format(new Date(seconds * 1000));

  // Bars stand on each other: the n-th is drawn up to the sum of the first n, the highest first.
  function stacked(series) {
    const sums = series[0].values.map(() => 0);
    return series.map((one) => one.values.map((value, at) => (sums[at] += value ?? 0)));
  }

  function drawing(chart, ink) {
    const paths = chart.bars ? uPlot.paths.bars({ size: [0.72, 40], gap: 1 }) : uPlot.paths.linear();
    const lines = chart.series.map((one) => ({
      label: one.name,
      paths,
      stroke: ink(one.tone),
      fill: chart.bars ? ink(one.tone) : undefined,
      width: chart.bars ? 0 : 1.6,
      dash: one.dashed ? [4, 4] : undefined,
      points: { show: !chart.bars && one.values.filter((value) => value != null).length < 3, size: 4 }, // too few for a line
      spanGaps: false,
    }));
    const values = chart.bars ? stacked(chart.series) : chart.series.map((one) => one.values);
    if (!chart.bars) return { lines, values };
    return { lines: lines.reverse(), values: values.reverse() };
  }

  function options(host, made, ink, lines) {
    const { chart } = made;
    const span = chart.at.at(-1) - chart.at[0];
    const axis = { stroke: ink("text-3"), font: "11px system-ui", ticks: { show: false } };
    const grid = { stroke: ink("line"), width: 1 };
    return {
      width: host.clientWidth,
      height: host.clientHeight,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range: (_, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
      axes: [
        { ...axis, grid: { show: false }, space: 90, size: 24, values: (_, at) => at.map((one) => moment(one, span)) },
        { ...axis, grid, space: 32, size: 44, values: (_, at) => at.map((one) => numbers.format(one) + (chart.unit && ` ${chart.unit}`)) },
      ],
      series: [{}, ...lines],
      hooks: { setCursor: [(plot) => read(host, made.chart, plot.cursor.idx)] },
    };
  }

  // The text twin: what the pointer is over, else the sentence that tells of the whole.
  function read(host, chart, at) {
    const place = host.parentElement.querySelector("[data-read]");
    if (!place) return;
    if (at == null) { place.textContent = host.ariaLabel; return; }
    const time = document.createElement("b");
    time.textContent = whole.format(new Date(chart.at[at] * 1000));
    const parts = chart.series.map((one) => {
      const part = document.createElement("span");
      const value = one.values[at];
      part.textContent = `${one.name} ${value == null ? "–" : exact.format(value)}${chart.unit && ` ${chart.unit}`}`;
      return part;
    });
    place.replaceChildren(time, ...parts);
  }

  function draw(host) {
    drawn.get(host)?.plot.destroy();
    drawn.delete(host);
    const chart = JSON.parse(host.dataset.chart);
    if (!chart.at.length || !chart.series.length || !host.clientWidth) return;
    const ink = colours(host);
    const { lines, values } = drawing(chart, ink.read);
    const made = { chart, told: host.dataset.chart };
    const asked = options(host, made, ink.read, lines);
    ink.done();
    made.plot = new uPlot(asked, [chart.at, ...values], host);
    drawn.set(host, made);
  }

  // New numbers of the same kind come into the chart that is there: what the pointer is over stays as it is.
  function renew(host, made) {
    const chart = JSON.parse(host.dataset.chart);
    if (chart.series.length !== made.chart.series.length || !chart.at.length) { draw(host); return; }
    Object.assign(made, { chart, told: host.dataset.chart });
    made.plot.setData([chart.at, ...drawing(chart, () => "").values]);
  }

  function forget() {
    for (const [host, made] of drawn) if (!host.isConnected) { made.plot.destroy(); drawn.delete(host); }
  }

  function drawAll() {
    forget();
    for (const host of document.querySelectorAll("[data-chart]")) draw(host);
  }

  function follow() {
    forget();
    for (const host of document.querySelectorAll("[data-chart]")) {
      const made = drawn.get(host);
      if (!made) draw(host);
      else if (made.told !== host.dataset.chart) renew(host, made);
      if (made) read(host, made.chart, made.plot.cursor.idx);
    }
  }

  let waiting = 0;
  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(drawAll); };
  document.addEventListener("console:theme", soon);
  document.addEventListener("htmx:after:swap", follow);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon);
  addEventListener("resize", soon);
  drawAll();
})();
