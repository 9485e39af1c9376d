// The pipeline as a picture: a tank for each stage's buffers, a pipe with a valve between two of them.

import * as words from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const GLASS = { left: 3, top: 6, width: 84, height: 116 };

function element(name, className, parent, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function svg(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (parent) parent.append(made);
  return made;
}

/** Sets text only where it changes, so that assistive technology and selections are left in peace. */
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

class Tank {
  constructor(parent, number) {
    const { left, top, width, height } = GLASS;
    this.root = svg('svg', { class: 'tank', viewBox: '0 0 160 128', 'aria-hidden': 'true', focusable: 'false' }, parent);
    const clip = svg('clipPath', { id: 'glass-' + number }, svg('defs', {}, this.root));
    svg('rect', { x: left, y: top, width, height, rx: 12 }, clip);
    svg('rect', { class: 'glass', x: left, y: top, width, height, rx: 12 }, this.root);
    const inside = svg('g', { 'clip-path': 'url(#glass-' + number + ')' }, this.root);
    this.water = svg('g', { class: 'water' }, inside);
    const wave = 'q10.5 -6 21 0 t21 0 t21 0 t21 0 t21 0 t21 0 t21 0 t21 0 v140 h-168 z';
    svg('path', { class: 'wave back', d: 'M' + (left - 20) + ' ' + top + wave }, this.water);
    svg('path', { class: 'wave', d: 'M' + left + ' ' + (top + 2) + wave }, this.water);
    this.peak = svg('g', { class: 'level peak' }, this.root);
    svg('path', { d: 'M' + left + ' 0 h' + width }, this.peak);
    this.peakText = svg('text', { x: left + width + 6, y: 4 }, this.peak);
    this.mark = svg('g', { class: 'level mark' }, this.root);
    svg('path', { d: 'M' + left + ' 0 h' + width }, this.mark);
    this.markText = svg('text', { x: left + width + 6, y: 4 }, this.mark);
    svg('rect', { class: 'rim', x: left, y: top, width, height, rx: 12 }, this.root);
  }

  update(buffer) {
    const { top, height } = GLASS;
    const whole = Math.max(buffer.mark, buffer.peak, buffer.held, 1) * 1.12;
    const y = (value) => top + height * (1 - value / whole);
    this.water.style.transform = 'translateY(' + (y(buffer.held) - top + (buffer.held === 0 ? 8 : 0)) + 'px)';
    this.root.classList.toggle('over', buffer.mark > 0 && buffer.held >= buffer.mark);
    this.mark.classList.toggle('none', buffer.mark < 0);
    this.peak.classList.toggle('none', buffer.peak <= 0);
    this.root.classList.toggle('unused', buffer.mark < 0 && buffer.peak <= 0);
    // Without words beside it the tank stands in the middle.
    this.root.setAttribute('viewBox', buffer.mark < 0 && buffer.peak <= 0 ? '-35 0 160 128' : '0 0 160 128');
    let peakY = y(buffer.peak);
    this.mark.style.transform = 'translateY(' + y(Math.max(0, buffer.mark)) + 'px)';
    this.peak.style.transform = 'translateY(' + peakY + 'px)';
    const gap = peakY - y(Math.max(0, buffer.mark));
    // Two lines that lie close together keep their words apart.
    const shift = buffer.mark >= 0 && Math.abs(gap) < 12 ? (gap >= 0 ? 12 - gap : -12 - gap) : 0;
    this.peakText.setAttribute('y', 4 + Math.min(shift, GLASS.top + height - peakY));
    say(this.markText, words.amount(Math.max(0, buffer.mark), buffer.inObjects).replace(' objects', ''));
    say(this.peakText, words.amount(buffer.peak, buffer.inObjects).replace(' objects', ''));
  }
}

class Pipe {
  constructor(parent) {
    this.root = element('div', 'pipe', parent);
    const drawing = svg('svg', { viewBox: '0 0 96 60', 'aria-hidden': 'true', focusable: 'false' }, this.root);
    svg('rect', { class: 'tube', x: 0, y: 32, width: 96, height: 16 }, drawing);
    svg('path', { class: 'flow', d: 'M0 40 H96' }, drawing);
    svg('path', { class: 'edge', d: 'M0 32 H96 M0 48 H96' }, drawing);
    svg('rect', { class: 'house', x: 38, y: 28, width: 20, height: 24, rx: 3 }, drawing);
    const plate = svg('g', { class: 'plate' }, drawing);
    svg('path', { class: 'stem', d: 'M48 6 V14 M40 6 H56' }, plate);
    svg('rect', { class: 'gate', x: 43, y: 13, width: 10, height: 18, rx: 2 }, plate);
    const text = element('div', 'pipe-words', this.root);
    this.state = element('p', 'valve-state', text);
    this.rate = element('p', 'pipe-rate', text);
    this.chunks = element('p', 'pipe-chunks', text);
  }

  /** The valve stands in front of the stage that answers; `moved` is what comes through. */
  update(stage, moved, isRunning) {
    const closed = isRunning && stage.full;
    this.root.dataset.valve = closed ? 'closed' : 'open';
    const flows = isRunning && (moved.bytes > 0 || moved.chunks > 0);
    this.root.dataset.flow = flows ? (closed ? 'slow' : 'on') : 'off';
    say(this.state, closed ? 'valve closed' : 'valve open');
    say(this.rate, words.rate(moved));
    say(this.chunks, moved.bytes > 0 ? words.chunkRate(moved) : '');
  }
}

class StageCard {
  constructor(parent, number, index, count) {
    this.root = element('li', 'stage', parent);
    if (index > 0) this.pipe = new Pipe(this.root);
    const card = element('div', 'card', this.root);
    this.card = card;
    const top = element('div', 'card-top', card);
    const role = index === 0 ? 'source' : index === count - 1 ? 'sink' : 'stage ' + index;
    element('p', 'role', top, role);
    this.pace = element('p', 'pace', top, 'sets the pace');
    this.name = element('h4', 'name', card);
    this.tank = new Tank(card, number + '-' + index);
    this.held = element('p', 'held', card);
    this.bar = element('div', 'bar', card);
    this.bar.setAttribute('aria-hidden', 'true');
    this.parts = {};
    const list = element('ul', 'parts', card);
    this.numbers = {};
    for (const name of ['busy', 'starved', 'blocked']) {
      this.parts[name] = element('span', name, this.bar);
      const item = element('li', name, list);
      element('span', 'swatch ' + name, item).setAttribute('aria-hidden', 'true');
      element('span', 'part-name', item, name);
      this.numbers[name] = element('span', 'part-share', item);
    }
    this.answers = element('p', 'answers', card);
  }

  update(stage, shares, movedBefore, run, index) {
    this.card.dataset.most = shares.most;
    const sets = run.facts.verdict.stage === index;
    this.card.classList.toggle('sets', sets);
    this.pace.hidden = !sets;
    say(this.name, stage.name);
    this.name.title = stage.name;
    this.tank.update(stage.buffer);
    say(this.held, heldWords(stage.buffer));
    for (const name of ['busy', 'starved', 'blocked']) {
      this.parts[name].style.flexGrow = shares[name];
      say(this.numbers[name], words.percent(shares[name]));
    }
    say(this.answers, answerWords(stage, index));
    if (this.pipe) this.pipe.update(stage, movedBefore, run.isRunning);
  }
}

function heldWords(buffer) {
  const held = words.amount(buffer.held, buffer.inObjects);
  if (buffer.mark >= 0) return 'holds ' + held + ' of ' + words.amount(buffer.mark, buffer.inObjects);
  return buffer.peak > 0 ? 'holds ' + held + ', no mark' : 'no buffer of its own';
}

function answerWords(stage, index) {
  if (index === 0) return 'nothing before it to hold back';
  if (stage.falseAnswers === 0) return 'never said wait';
  return 'said wait ' + words.count(stage.falseAnswers) + ' ×, drained ' + words.count(stage.drains) + ' ×, longest wait '
    + words.time(stage.longestWaitNanos);
}

let made = 0;

/** The picture of one run at a time. */
export class Picture {
  constructor(root) {
    this.root = root;
  }

  update(run) {
    const stages = run.facts.stages;
    if (this.run !== run.id || this.cards.length !== stages.length) {
      this.root.replaceChildren();
      made++;
      this.run = run.id;
      this.cards = stages.map((_, i) => new StageCard(this.root, made, i, stages.length));
    }
    const shares = run.shares();
    const moved = run.moved();
    stages.forEach((stage, i) => this.cards[i].update(stage, shares[i], i === 0 ? null : moved[i - 1], run, i));
  }
}
