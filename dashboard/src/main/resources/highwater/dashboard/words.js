// Figures for people: the same words as the command's.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const grouping = new Intl.NumberFormat('en');

/** Three digits and a unit: 64.0 KiB. */
export function bytes(value) {
  let unit = 0;
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return Math.round(value) + '\u00a0B';
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + '\u00a0' + UNITS[unit];
}

/** The same without digits that say nothing: 64 KiB, for axes and marks. */
export function roundBytes(value) {
  return bytes(value).replace(/(\.\d*?)0+(?=\u00a0)/, '$1').replace(/\.(?=\u00a0)/, '');
}

/** A whole number with commas. */
export function count(value) {
  return grouping.format(Math.round(value));
}

/** What a buffer holds. */
export function amount(value, inObjects) {
  return inObjects ? count(value) + (value === 1 ? ' object' : ' objects') : roundBytes(value);
}

/** Bytes a second, or chunks where nothing has bytes. */
export function rate(moved) {
  return moved.bytes > 0 || moved.chunks === 0 ? bytes(moved.bytes) + '/s' : chunkRate(moved);
}

/** Chunks a second. */
export function chunkRate(moved) {
  const digits = moved.chunks > 0 && moved.chunks < 9.95 ? moved.chunks.toFixed(1) : count(moved.chunks);
  return digits + ' chunks/s';
}

/** A share of one. */
export function percent(share) {
  return Math.round(share * 100) + '\u00a0%';
}

/** A time on a clock: 0:07, 1:02:05. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours === 0 ? minutes + ':' + two(whole % 60) : hours + ':' + two(minutes) + ':' + two(whole % 60);
}

/** A time in its own unit: 3.2 ms, 1.20 s. */
export function time(nanos) {
  if (nanos === 0) return '0\u00a0s';
  if (nanos < 1e3) return nanos + '\u00a0ns';
  if (nanos < 1e6) return three(nanos / 1e3) + '\u00a0µs';
  if (nanos < 1e9) return three(nanos / 1e6) + '\u00a0ms';
  return nanos < 100e9 ? three(nanos / 1e9) + '\u00a0s' : clock(nanos / 1e9);
}

function three(value) {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
