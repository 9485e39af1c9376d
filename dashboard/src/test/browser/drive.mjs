// Opens the page in Chromium and looks at it as a person would. Started by ./run; exits with 1 if anything is not as it should be.

import { createRequire } from 'node:module';
import { spawn } from 'node:child_process';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { PLAYWRIGHT, CHROMIUM, HIGHWATER, PICTURES, JAVA, CLASSES } = process.env;
const { chromium } = createRequire(PLAYWRIGHT + '/')('playwright-core');
const here = dirname(fileURLToPath(import.meta.url));
const PATIENCE = 60_000;
const DESK = { width: 1440, height: 1000 };

const work = mkdtempSync(join(tmpdir(), 'dashboard-'));
const input = join(work, 'access.log');
const lines = [];
for (let i = 0; i < 400_000; i++) lines.push(`10.0.${i % 256}.${(i * 7) % 256} GET /item/${(i * 7919) % 100003} 200 ${(i * 31) % 5000}`);
writeFileSync(input, lines.join('\n'));

let failures = 0;
function check(what, holds, found) {
  console.log((holds ? 'ok      ' : 'FAILED  ') + what + (holds ? '' : ': ' + JSON.stringify(found)));
  if (!holds) failures++;
}

const children = [];
function start(program, words, pattern, stream) {
  const child = spawn(program, words, { cwd: work, stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    for (const name of ['stdout', 'stderr']) {
      child[name].on('data', (data) => {
        said += data;
        const match = name === stream && pattern.exec(said);
        if (match) resolve({ child, link: match[1] });
      });
    }
    child.on('exit', (code) => reject(new Error(program + ' ended with ' + code + ': ' + said)));
  });
}

const pipe = (...words) => start(HIGHWATER, ['pipe', ...words, '--dashboard'], /dashboard: (http\S+)\n/, 'stderr');
const ended = (child) => new Promise((resolve) => child.exitCode === null ? child.on('exit', resolve) : resolve(child.exitCode));

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });

/** A page of its own; whatever it complains about fails the drive. */
async function open(link, options) {
  const context = await browser.newContext({ viewport: DESK, ...options });
  const page = await context.newPage();
  const origin = new URL(link).origin;
  page.complaints = [];
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') page.complaints.push(message.text()); });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('request', (request) => { if (new URL(request.url()).origin !== origin) page.complaints.push('asks ' + request.url()); });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
  });
  await page.goto(link);
  return page;
}

async function close(page, what) {
  check(what + ': nothing in the console, no violation of the policy, no other host', page.complaints.length === 0, page.complaints);
  await page.context().close();
}

const text = (page, selector) => page.textContent(selector);
const picture = (page, name) => page.screenshot({ path: join(PICTURES, name + '.png'), fullPage: true });

/** Every visible text with too little contrast against what it stands on. */
function paleTexts() {
  const parse = (value) => value.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const pale = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.hidden, .skip, [hidden], .probe, script')) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
    let ground = [0, 0, 0, 0];
    for (let behind = element; behind && (ground[3] ?? 1) === 0; behind = behind.parentElement) ground = parse(getComputedStyle(behind).backgroundColor);
    const [one, other] = [light(ink), light(ground)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) pale.push(node.data.trim() + ' ' + ratio.toFixed(2));
  }
  return pale;
}

async function slowStage() {
  const { child, link } = await pipe(input, 'gzip:1', 'throttle:60KB/s', '/dev/null');
  const page = await open(link, { colorScheme: 'light' });
  await page.waitForFunction(() => document.getElementById('verdict-sentence').textContent.includes('throttle'), null, { timeout: PATIENCE });
  check('the verdict names the planted stage', (await text(page, '#verdict-sentence')).startsWith('throttle'), await text(page, '#verdict-sentence'));
  await page.waitForSelector('.card.sets', { timeout: PATIENCE });
  check('the picture marks it', (await text(page, '.card.sets .name')).startsWith('throttle'), await text(page, '.card.sets .name'));
  await page.waitForSelector('.pipe[data-valve="closed"]', { timeout: PATIENCE });
  check('a valve is closed, and says so', (await text(page, '.pipe[data-valve="closed"] .valve-state')) === 'valve closed');
  await page.waitForFunction(() => [...document.querySelectorAll('.held')].some((held) => /^holds (?!0 )/.test(held.textContent.replace(/\u00a0/g, ' '))), null, { timeout: PATIENCE });
  check('a tank holds something', true);
  check('the table has a row a stage', (await page.locator('#figures-body tr').count()) === 4);
  check('the table says what the picture says', (await text(page, '#figures-body tr:nth-child(3) th')) === (await text(page, '.stage:nth-child(3) .name')));
  await page.waitForFunction(() => document.getElementById('announcer').textContent.includes('throttle'), null, { timeout: PATIENCE });
  check('a screen reader is told', true);
  check('the charts are drawn', (await page.locator('.chart canvas').count()) === 2);
  check('stages tell their time in text', /busy\d+\s%starved\d+\s%blocked\d+\s%/.test(await text(page, '.stage:nth-child(3) .parts')), await text(page, '.stage:nth-child(3) .parts'));
  await page.waitForTimeout(12_000);
  await picture(page, 'one-light');
  check('light: contrast of at least 4.5', (await page.evaluate(paleTexts)).length === 0, await page.evaluate(paleTexts));
  await page.click('#theme');
  await page.click('#theme');
  check('the theme is chosen by a button', (await page.getAttribute('html', 'data-theme')) === 'dark');
  await page.waitForTimeout(1200);
  await picture(page, 'one-dark');
  check('dark: contrast of at least 4.5', (await page.evaluate(paleTexts)).length === 0, await page.evaluate(paleTexts));
  await page.reload();
  check('and is remembered', (await page.getAttribute('html', 'data-theme')) === 'dark');
  await page.waitForFunction(() => /[1-9]/.test(document.getElementById('rate-now').textContent), null, { timeout: PATIENCE });
  await close(page, 'one pipeline');
  for (const [name, width] of [['narrow', 400], ['tablet', 820]]) {
    const small = await open(link, { colorScheme: 'light', viewport: { width, height: 800 }, reducedMotion: 'reduce' });
    await small.waitForSelector('.card .tank', { timeout: PATIENCE });
    await small.waitForTimeout(2500);
    const wide = await small.evaluate(() => document.documentElement.scrollWidth);
    check(width + ' px: nothing sticks out', wide <= width, wide);
    const moving = await small.evaluate(() => document.getAnimations().length);
    check('reduced motion: nothing moves', moving === 0, moving);
    await picture(small, name);
    await close(small, name);
  }
  const last = await open(link, { colorScheme: 'dark' });
  await last.waitForSelector('.card .tank', { timeout: PATIENCE });
  child.kill('SIGKILL');
  await last.waitForFunction(() => document.getElementById('connection').dataset.state === 'lost', null, { timeout: PATIENCE });
  check('a process that is killed: the page says so and keeps the picture', (await last.locator('.card .tank').count()) === 4);
  await last.context().close();
}

async function slowSink() {
  const { child, link } = await pipe(input, 'sh:while head -c 20000 | grep -q .; do sleep 0.2; done');
  const page = await open(link, { colorScheme: 'dark' });
  await page.waitForFunction(() => document.querySelector('.stage:last-child .card.sets') !== null, null, { timeout: PATIENCE });
  check('a slow program as the sink is named', (await text(page, '#verdict-sentence')).includes('sh'), await text(page, '#verdict-sentence'));
  await page.waitForTimeout(6000);
  await picture(page, 'slow-sink-dark');
  await close(page, 'slow sink');
  child.kill('SIGTERM');
  await ended(child);
}

async function over() {
  const { child, link } = await pipe('-', 'gzip', join(work, 'out.gz'));
  const page = await open(link, { colorScheme: 'light' });
  await page.waitForSelector('.card .tank', { timeout: PATIENCE });
  child.stdin.end('some data that is soon over\n'.repeat(100_000));
  await page.waitForFunction(() => document.getElementById('connection').dataset.state === 'over', null, { timeout: PATIENCE });
  check('a run that is over: the page says how', (await text(page, '#run-state')) === 'over: done', await text(page, '#run-state'));
  check('and what came through', /[1-9]/.test(await text(page, '#hero-total')), await text(page, '#hero-total'));
  await page.waitForTimeout(3000);
  await picture(page, 'over-light');
  await close(page, 'over');
  check('the command ends all the same', (await ended(child)) === 0);
}

async function many() {
  const { child, link } = await start(JAVA, ['-cp', CLASSES, join(here, 'Crowd.java')], /^(http\S+)\n/, 'stdout');
  const page = await open(link, { colorScheme: 'light' });
  await page.waitForFunction(() => document.querySelectorAll('#run-list a').length >= 14, null, { timeout: PATIENCE });
  const hostile = '<img src=x onerror="window.hacked=1">';
  check('a name that is markup is shown as text', (await text(page, '#run-list li:first-child .item-name')) === hostile);
  check('and does nothing', (await page.evaluate(() => window.hacked)) === undefined && (await page.locator('img[src="x"]').count()) === 0);
  check('it is the title of its picture', (await text(page, '#run-name')) === hostile, await text(page, '#run-name'));
  await page.keyboard.press('Tab');
  check('the first stop leads past the top', (await page.evaluate(() => document.activeElement.className)) === 'skip');
  await page.keyboard.press('Tab');
  check('then the theme', (await page.evaluate(() => document.activeElement.id)) === 'theme');
  await page.keyboard.press('Tab');
  check('then the list, at what is selected', (await page.evaluate(() => document.activeElement.getAttribute('aria-current'))) === 'true');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth);
  check('the focus can be seen', outline === 'solid3px', outline);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  const second = await page.evaluate(() => document.activeElement.querySelector('.item-name').textContent);
  check('arrows move in the list', second === (await text(page, '#run-list li:nth-child(2) .item-name')), second);
  await page.waitForTimeout(1500);
  check('and a refresh leaves the focus there', (await page.evaluate(() => document.activeElement.querySelector('.item-name')?.textContent)) === second);
  await page.keyboard.press('Enter');
  await page.waitForFunction((name) => document.getElementById('run-name').textContent === name, second, { timeout: PATIENCE });
  check('Enter opens its picture', true);
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  const home = await page.evaluate(() => document.activeElement.querySelector('.item-name').textContent);
  check('Home and End lead to the ends', home === hostile, home);
  await page.keyboard.press('Tab');
  check('the next stop is the picture', (await page.evaluate(() => document.activeElement.id)) === 'picture');
  child.stdin.write('\n');
  await page.waitForFunction(() => document.querySelectorAll('#run-list a:not([data-state="running"])').length === 4, null, { timeout: PATIENCE });
  const states = await page.locator('#run-list a:not([data-state="running"]) .item-state').allTextContents();
  check('those that ended say how', states.sort().join() === 'over: cancelled,over: done,over: done,over: failed', states);
  await page.click('text=orders ─▶ warehouse');
  await page.waitForTimeout(8000);
  await picture(page, 'many-light');
  await page.click('text=checkout events');
  await page.waitForTimeout(3000);
  check('objects are counted', /chunks\/s/.test(await text(page, '#hero-rate')), await text(page, '#hero-rate'));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(1500);
  await picture(page, 'many-dark');
  check('dark: contrast of at least 4.5 in the list too', (await page.evaluate(paleTexts)).length === 0, await page.evaluate(paleTexts));
  await page.click('text=import of the price list');
  await page.waitForTimeout(1500);
  check('a failure says why', (await text(page, '#verdict-now')).includes('line 4711 has no price'), await text(page, '#verdict-now'));
  await picture(page, 'failed-dark');
  await page.setViewportSize({ width: 400, height: 900 });
  await page.waitForTimeout(1500);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check('400 px with a list: nothing sticks out', wide <= 400, wide);
  await picture(page, 'many-narrow');
  child.stdin.end();
  await page.waitForFunction(() => document.getElementById('connection').dataset.state === 'over', null, { timeout: PATIENCE });
  check('the view was closed: the page says so', (await text(page, '#connection-text')).startsWith('the view was closed: 10 running'), await text(page, '#connection-text'));
  await close(page, 'many pipelines');
}

try {
  for (const part of [slowStage, slowSink, over, many]) {
    const only = process.argv[2];
    if (!only || only === part.name) await part();
  }
} catch (error) {
  check('the drive', false, String(error));
} finally {
  await browser.close();
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
console.log(failures === 0 ? 'all is well; pictures are in ' + PICTURES : failures + ' checks failed');
process.exitCode = failures === 0 ? 0 : 1;
