// The same as the picture, as a table.

import * as words from './words.js';

const COLUMNS = 12;

/** Fills the table's body, a row a stage, and keeps its cells. */
export class Figures {
  constructor(body, caption) {
    this.body = body;
    this.caption = caption;
    this.rows = [];
  }

  update(run) {
    const stages = run.facts.stages;
    while (this.rows.length < stages.length) this.rows.push(this.addRow());
    while (this.rows.length > stages.length) this.rows.pop()[0].parentElement.remove();
    const shares = run.shares();
    const moved = run.moved();
    stages.forEach((stage, i) => {
      const cells = cellsOf(stage, shares[i], moved[i], i, i === stages.length - 1);
      cells.forEach((text, column) => {
        const cell = this.rows[i][column];
        if (cell.textContent !== text) cell.textContent = text;
      });
    });
    const time = run.isRunning ? 'Rates and shares: the last second. Everything else: since the start.'
      : 'Rates and shares: over the whole run.';
    if (this.caption.textContent !== time) this.caption.textContent = time;
  }

  addRow() {
    const row = this.body.insertRow();
    const head = document.createElement('th');
    head.scope = 'row';
    row.append(head);
    const cells = [head];
    for (let i = 0; i < COLUMNS; i++) cells.push(row.insertCell());
    return cells;
  }
}

function cellsOf(stage, shares, moved, index, isLast) {
  const buffer = stage.buffer;
  return [
    stage.name,
    index === 0 ? '–' : volume(stage.bytesIn, stage.chunksIn),
    isLast ? '–' : volume(stage.bytesOut, stage.chunksOut),
    isLast ? '–' : words.rate(moved),
    words.percent(shares.busy),
    words.percent(shares.starved),
    words.percent(shares.blocked),
    words.amount(buffer.held, buffer.inObjects),
    words.amount(buffer.peak, buffer.inObjects),
    buffer.mark < 0 ? 'none' : words.amount(buffer.mark, buffer.inObjects),
    index === 0 ? '–' : words.count(stage.falseAnswers),
    index === 0 ? '–' : words.count(stage.drains),
    index === 0 ? '–' : words.time(stage.longestWaitNanos),
  ];
}

function volume(bytes, chunks) {
  return bytes > 0 ? words.bytes(bytes) + ' in ' + words.count(chunks) : words.count(chunks) + ' chunks';
}
