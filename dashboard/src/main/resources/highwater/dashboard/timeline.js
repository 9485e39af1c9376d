// The last minutes: the rate, and which stage held the work. Drawn by uPlot, in the colours of the style sheet.

import * as words from './words.js';

const SPAN_SECONDS = 300;
const SPAN_LEAST_SECONDS = 20;
const COLOURS = 6;
const HEIGHT = 190;
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120];
// 1, 2, 4 … 512 of each unit, so that labels are whole.
const BYTES = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** A colour of the style sheet, as it is in the theme of this moment. */
function colour(name) {
  const probe = document.createElement('span');
  probe.className = 'probe ' + name;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** A fill that differs from its neighbours by more than its colour: plain, striped, dotted, crossed. */
function pattern(index, base, line) {
  const kind = index % 4;
  if (kind === 0) return base;
  const tile = document.createElement('canvas');
  tile.width = tile.height = 12;
  const draw = tile.getContext('2d');
  draw.fillStyle = base;
  draw.fillRect(0, 0, 12, 12);
  draw.strokeStyle = draw.fillStyle = line;
  draw.globalAlpha = 0.55;
  draw.lineWidth = 2;
  draw.beginPath();
  if (kind === 1 || kind === 3) for (const x of [-12, 0, 12]) draw.moveTo(x, 12), draw.lineTo(x + 12, 0);
  if (kind === 3) for (const x of [-12, 0, 12]) draw.moveTo(x, 0), draw.lineTo(x + 12, 12);
  draw.stroke();
  if (kind === 2) draw.fillRect(2, 2, 3, 3), draw.fillRect(8, 8, 3, 3);
  return draw.createPattern(tile, 'repeat');
}

function axisOf(ink, grid) {
  return {
    stroke: ink,
    font: '12px system-ui, sans-serif',
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 4 },
  };
}

/** Both charts of one run at a time. */
export class Timeline {
  constructor(rateRoot, sharesRoot, legend, rateNow) {
    this.rateRoot = rateRoot;
    this.sharesRoot = sharesRoot;
    this.legend = legend;
    this.rateNow = rateNow;
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(rateRoot);
    observer.observe(sharesRoot);
    document.addEventListener('themechange', () => this.forget());
  }

  /** The next update draws everything anew. */
  forget() {
    this.key = null;
    if (this.last) this.update(this.last);
  }

  resize() {
    for (const [chart, root] of [[this.rate, this.rateRoot], [this.shares, this.sharesRoot]]) {
      if (chart && root.clientWidth > 0) chart.setSize({ width: root.clientWidth, height: HEIGHT });
    }
  }

  update(run) {
    this.last = run;
    const key = run.id + '/' + run.facts.stages.length + '/' + run.countsChunks;
    if (key !== this.key) this.make(run, key);
    const data = dataOf(run);
    this.data = data;
    this.rate.setData([data.x, data.rate]);
    this.shares.setData([data.x, ...data.stacked]);
    this.say(data.x.length - 1);
  }

  make(run, key) {
    this.key = key;
    this.rate?.destroy();
    this.shares?.destroy();
    const ink = colour('ink');
    const grid = colour('grid');
    const axis = axisOf(ink, grid);
    const x = { ...axis, size: 34, space: 64, incrs: SECONDS, values: (_, ticks) => ticks.map(words.clock) };
    const scaleX = { time: false, range: (_, least, most) => rangeOf(least, most) };
    const common = {
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { setScale: false, x: false, y: false }, points: { show: false }, y: false },
      padding: [10, 20, 0, 0],
    };
    const hooks = { setCursor: [(chart) => this.say(chart.cursor.idx ?? this.data.x.length - 1)] };
    const unit = run.countsChunks ? words.count : words.roundBytes;
    this.rate = new uPlot({
      ...common,
      hooks,
      width: Math.max(100, this.rateRoot.clientWidth),
      scales: { x: scaleX, y: { range: (_, __, most) => [0, most > 0 ? most * 1.15 : 1] } },
      axes: [x, { ...axis, size: 74, ...(run.countsChunks ? {} : { incrs: BYTES }), values: (_, ticks) => ticks.map(unit) }],
      series: [{}, { stroke: colour('water'), fill: colour('water-soft'), width: 2, points: { show: false } }],
    }, [[], []], this.rateRoot);
    const stages = run.facts.stages;
    // The highest sum is painted first, and each further one over it.
    const series = stages.map((_, i) => stages.length - 1 - i).map((stage) => {
      const base = colour('stage-' + (stage % COLOURS));
      const fill = pattern(stage, base, colour('panel'));
      return { stroke: colour('panel'), width: 1, fill: () => fill, points: { show: false } };
    });
    this.shares = new uPlot({
      ...common,
      hooks,
      width: Math.max(100, this.sharesRoot.clientWidth),
      scales: { x: scaleX, y: { range: () => [0, 1] } },
      axes: [x, { ...axis, size: 52, values: (_, ticks) => ticks.map(words.percent) }],
      series: [{}, ...series],
    }, [[], ...stages.map(() => [])], this.sharesRoot);
    this.makeLegend(stages);
  }

  makeLegend(stages) {
    this.values = [];
    this.legend.replaceChildren(...stages.map((stage, i) => {
      const item = document.createElement('li');
      const swatch = document.createElement('span');
      swatch.className = 'swatch stage-' + (i % COLOURS) + ' kind-' + (i % 4);
      swatch.setAttribute('aria-hidden', 'true');
      const name = document.createElement('span');
      name.className = 'legend-name';
      name.textContent = stage.name;
      const value = document.createElement('span');
      value.className = 'legend-value';
      this.values.push(value);
      item.append(swatch, name, ' ', value);
      return item;
    }));
  }

  /** Says the figures of one moment: that under the pointer, or the newest. */
  say(at) {
    const data = this.data;
    if (!data || at < 0 || at >= data.x.length) return;
    const newest = at === data.x.length - 1;
    const moved = this.last.countsChunks ? { bytes: 0, chunks: data.rate[at] } : { bytes: data.rate[at], chunks: 0 };
    const text = words.rate(moved) + (newest ? '' : ' at ' + words.clock(data.x[at]));
    if (this.rateNow.textContent !== text) this.rateNow.textContent = text;
    this.values.forEach((value, i) => {
      const share = words.percent(data.parts[i][at]);
      if (value.textContent !== share) value.textContent = share;
    });
  }
}

function rangeOf(least, most) {
  if (least == null || most == null) return [0, SPAN_LEAST_SECONDS];
  const end = Math.max(most, least + SPAN_LEAST_SECONDS);
  return [Math.max(least, end - SPAN_SECONDS), end];
}

/** Each moment against the one a second before. */
function dataOf(run) {
  const moments = run.moments;
  const stages = run.facts.stages.length;
  const x = [];
  const rate = [];
  const parts = Array.from({ length: stages }, () => []);
  for (let i = 1; i < moments.length; i++) {
    const now = moments[i];
    let from = i - 1;
    while (from > 0 && now.elapsed - moments[from].elapsed < 0.95) from--;
    const before = moments[from];
    const seconds = now.elapsed - before.elapsed;
    x.push(now.elapsed);
    rate.push(Math.max(0, run.countsChunks ? now.chunks - before.chunks : now.bytes - before.bytes) / seconds);
    const busy = now.busy.map((nanos, stage) => Math.max(0, nanos - before.busy[stage]));
    const all = busy.reduce((sum, nanos) => sum + nanos, 0);
    busy.forEach((nanos, stage) => parts[stage].push(all > 0 ? nanos / all : 0));
  }
  // Sums from the first stage on, the highest first.
  const sums = parts.map(() => []);
  for (let i = 0; i < x.length; i++) {
    let sum = 0;
    for (let stage = 0; stage < stages; stage++) {
      sum += parts[stage][i];
      sums[stage].push(sum);
    }
  }
  return { x, rate, parts, stacked: sums.reverse() };
}
