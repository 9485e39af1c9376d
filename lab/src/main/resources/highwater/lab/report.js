'use strict';
// Draws the plots from the figures in this page. Without it the tables still tell everything.
const figures = JSON.parse(document.getElementById('figures').textContent);
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const MEGA = 1e6;

const bytes = (value) => {
  if (value === null || value === undefined) return '–';
  if (value >= 1000) return `${(value / 1000).toFixed(2)} GB`;
  return value >= 100 ? `${value.toFixed(0)} MB` : value >= 1 ? `${value.toFixed(1)} MB` : `${(value * 1000).toFixed(0)} kB`;
};
const millis = (value) => (value === null || value === undefined ? '–' : `${value.toFixed(1)} ms`);
const byteTicks = (self, ticks) => ticks.map((tick) => (tick >= 1000 ? `${tick / 1000} GB` : `${tick} MB`));

const columns = (rows, y) => [rows.map((row) => row[0]), rows.map(y)];

// What each plot shows of a trial, or null where the trial does not know it.
const PLOTS = {
  resident: { points: false, value: bytes, ticks: byteTicks, of: (trial) => columns(trial.resident, (row) => row[1] / MEGA) },
  buffered: { points: false, value: bytes, ticks: byteTicks, of: (trial) => columns(trial.buffered, (row) => row[1] / MEGA) },
  heap: { points: false, value: bytes, ticks: byteTicks, of: (trial) => columns(trial.pauses, (row) => row[4] / MEGA) },
  pauses: {
    points: true,
    value: millis,
    // Only the powers of ten are named: between them is no room.
    ticks: (self, ticks) => ticks.map((tick) => (Math.abs(Math.log10(tick) % 1) < 1e-9 ? `${tick} ms` : '')),
    of: (trial) => columns(trial.pauses, (row) => Math.max(row[1], 0.01)),
  },
};

const LINEAR = { range: (self, min, max) => [0, max === null || max <= 0 ? 1 : max * 1.08] };

// Pauses differ by factors of a thousand.
const power = (value, round) => 10 ** round(Math.log10(Math.max(value, 0.01)));
const LOGARITHMIC = {
  distr: 3,
  range: (self, min, max) => (min === null ? [0.1, 10] : [power(min, Math.floor), 10 * power(max, Math.floor)]),
};

function draw(element, honest, ignoring) {
  const plot = PLOTS[element.dataset.plot];
  const seconds = Math.max(honest.realSeconds, ignoring.realSeconds);
  const series = (label, colour) => ({
    label,
    stroke: colour,
    width: 2,
    spanGaps: true,
    value: (self, value) => plot.value(value),
    paths: plot.points ? () => null : undefined,
    points: plot.points ? { show: true, size: 6, fill: `${colour}aa`, stroke: colour, width: 1 } : { show: false },
  });
  const axis = { stroke: style('--soft'), grid: { stroke: style('--grid'), width: 1 }, ticks: { stroke: style('--grid') } };
  const options = {
    width: element.clientWidth,
    height: 240,
    cursor: { sync: { key: element.dataset.engine }, y: false },
    scales: {
      x: { time: false, range: [0, seconds] },
      y: plot.points ? LOGARITHMIC : LINEAR,
    },
    axes: [
      { ...axis, values: (self, ticks) => ticks.map((tick) => `${tick} s`) },
      { ...axis, size: 64, values: plot.ticks },
    ],
    series: [
      { label: 'at', value: (self, value) => (value === null ? '–' : `${value.toFixed(1)} s`) },
      series('respects', style('--honest')),
      series('ignores', style('--ignoring')),
    ],
  };
  element.replaceChildren();
  return new uPlot(options, uPlot.join([plot.of(honest), plot.of(ignoring)]), element);
}

const drawn = new Map();
function drawAll() {
  for (const element of document.querySelectorAll('.plot')) {
    const choice = document.querySelector(`select[data-engine="${element.dataset.engine}"]`);
    const trial = choice === null ? 0 : Number(choice.value);
    const of = (manner) =>
      figures.groups.find((group) => group.engine === element.dataset.engine && group.manner === manner).trials[trial];
    drawn.get(element)?.destroy();
    drawn.set(element, draw(element, of('honest'), of('ignoring')));
  }
}

drawAll();
for (const choice of document.querySelectorAll('select')) choice.addEventListener('change', drawAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
new ResizeObserver(() => {
  for (const [element, plot] of drawn) {
    if (plot.width !== element.clientWidth) plot.setSize({ width: element.clientWidth, height: 240 });
  }
}).observe(document.querySelector('main'));
