// Draws the state of the experiment: the levels, the valve, what flows and what spills. It changes attributes alone, and moves
// the dashes of what flows unless the viewer wants no motion.

const TANK_BOTTOM = 400;
const TANK_MARK = 160;    // where the mark's line is drawn
const TANK_RIM = 100;     // the level at which water runs over
const BASIN_BOTTOM = 430;
const BASIN_LIMIT = 270;
const SPEED_MAX = 1 << 20;

const still = matchMedia("(prefers-reduced-motion: reduce)");
const at = id => document.getElementById(id);

/// How much the tank holds when it is full to its rim: as the picture is drawn, a quarter above the mark.
const rim = mark => mark * (TANK_BOTTOM - TANK_RIM) / (TANK_BOTTOM - TANK_MARK);

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  if (kib < 1024) return `${kib < 10 && kib % 1 ? kib.toFixed(1) : Math.round(kib)} KiB`;
  const mib = kib / 1024;
  return `${mib < 10 && mib % 1 ? mib.toFixed(2) : mib < 100 && mib % 1 ? mib.toFixed(1) : Math.round(mib)} MiB`;
}

export const speed = bytes => bytes === 0 ? "stands still" : `${size(bytes)}/s`;

const flows = [];

class Flow {
  constructor(id, widthMax, stride) {
    this.path = at(id);
    this.widthMax = widthMax;
    this.stride = stride;
    this.rate = 0;
    this.offset = 0;
    flows.push(this);
  }

  /// Shows `bytesPerSecond`: the faster, the thicker and the quicker.
  show(bytesPerSecond) {
    const part = Math.min(1, bytesPerSecond / SPEED_MAX);
    this.rate = part;
    const width = part === 0 ? 0 : this.widthMax * (.3 + .7 * Math.sqrt(part));
    this.path.style.strokeWidth = `${width}`;
  }

  advance(seconds) {
    if (this.rate === 0) return;
    this.offset = (this.offset - (60 + 420 * Math.sqrt(this.rate)) * seconds) % this.stride;
    this.path.style.strokeDashoffset = `${this.offset}`;
  }
}

const toValve = new Flow("flow-to-valve", 20, 34);
const into = new Flow("flow-in", 20, 34);
const jet = new Flow("jet", 18, 37);
const out = new Flow("flow-out", 20, 34);
const spills = [new Flow("spill-left", 30, 40), new Flow("spill-right", 30, 40)];

let moved = performance.now();
function move(now) {
  const seconds = Math.min(.1, (now - moved) / 1000);
  moved = now;
  if (!still.matches) for (const flow of flows) flow.advance(seconds);
  requestAnimationFrame(move);
}
requestAnimationFrame(move);

const level = (id, y) => at(id).style.setProperty("transform", `translateY(${y}px)`);

/// Draws `state`; `rates` are the bytes a second of both ends as the last states show them.
export function draw(state, rates) {
  const picture = at("picture");
  const open = !state.waiting && state.phase !== "DEAD";
  const full = rim(state.mark);
  const over = Math.max(0, state.held - full);
  const spillsNow = state.phase === "OVERFLOWING" && over > 0;

  const tank = TANK_BOTTOM - Math.min(state.held, full) / full * (TANK_BOTTOM - TANK_RIM);
  level("tank-water", tank);
  level("basin-water", BASIN_BOTTOM - over / (state.limit - full) * (BASIN_BOTTOM - BASIN_LIMIT));
  picture.dataset.valve = open ? "open" : "closed";
  picture.toggleAttribute("data-spills", spillsNow);
  picture.toggleAttribute("data-full", tank < 205);

  const stopped = state.phase === "PAUSED" || state.phase === "DEAD";
  toValve.show(stopped || !open ? 0 : state.producer);
  into.show(stopped || !open ? 0 : state.producer);
  jet.show(stopped || !open ? 0 : state.producer);
  jet.path.setAttribute("d", `M520 98 V${Math.max(99, tank)}`);
  out.show(stopped || state.held === 0 ? 0 : state.consumer);
  for (const spill of spills) spill.show(spillsNow ? Math.max(0, rates.produced - rates.consumed) / 2 : 0);

  at("held-text").textContent = size(state.held);
  at("mark-text").textContent = size(state.mark);
  at("limit-text").textContent = size(state.limit);
  at("valve-text").textContent = state.phase === "DEAD" ? "stopped" : open ? (state.ignoring ? "held open" : "open") : "closed";
  at("producer-text").textContent = speed(state.producer);
  at("consumer-text").textContent = speed(state.consumer);
  at("picture-text").textContent = inWords(state, open, over);
}

function inWords(state, open, over) {
  const tank = `The tank holds ${size(state.held)}; its mark is at ${size(state.mark)}. The valve is ${open ? "open" : "closed"}.`;
  if (state.phase === "DEAD") return `${tank} It has run over until the memory of ${size(state.limit)} was full: out of memory.`;
  return over > 0 ? `${tank} It runs over: ${size(over)} of the memory of ${size(state.limit)} are filled by the spill.` : tank;
}

const MINUTE = 60_000;
const samples = [];

/// Adds the state to the timeline of the last minute.
export function record(state) {
  const last = samples.at(-1);
  if (last && last.experiment !== state.experiment) samples.length = 0;
  else if (last && last.elapsed === state.elapsed) return;
  samples.push(state);
  while (samples[0].elapsed < state.elapsed - MINUTE) samples.shift();
  const top = Math.max(state.mark * 1.25, ...samples.map(sample => sample.held));
  const x = sample => 600 - (state.elapsed - sample.elapsed) / MINUTE * 600;
  const y = held => 88 - held / top * 86;
  const points = samples.map(sample => `${x(sample).toFixed(1)} ${y(sample.held).toFixed(1)}`);
  at("history-line").setAttribute("d", `M${points.join(" L")}`);
  at("history-area").setAttribute("d", `M${points.join(" L")} L600 88 L${x(samples[0]).toFixed(1)} 88 Z`);
  at("history-mark").setAttribute("d", `M0 ${y(state.mark)} H600`);
  at("history-top").textContent = `from 0 to ${size(top)}`;
}
