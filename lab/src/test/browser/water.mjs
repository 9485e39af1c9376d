// Drives the water page in a real browser: the tank at its mark, the tank that runs over, the end of the memory, a new start.
// `run`, beside this file, starts it. Prints one line for each thing it looks for; ends with 1 where one is not seen.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const [modules, chromium, shots, ...command] = process.argv.slice(2);
const { chromium: browsers } = createRequire(join(modules, "x.js"))("playwright-core");
mkdirSync(shots, { recursive: true });

const lab = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
const link = await new Promise((resolve, reject) => {
  lab.stdout.once("data", data => resolve(String(data).trim()));
  lab.once("exit", code => reject(new Error(`the command ended with ${code}`)));
});
const browser = await browsers.launch({ executablePath: chromium, args: ["--no-sandbox"] });
let failures = 0;
const check = (what, seen) => {
  console.log(`${seen ? "ok  " : "FAIL"} ${what}`);
  if (!seen) failures++;
};

async function open(options) {
  const page = await (await browser.newContext(options)).newPage();
  page.on("console", message => {
    if (message.type() === "error" || message.type() === "warning") check(`no word on the console: ${message.text()}`, false);
  });
  page.on("pageerror", error => check(`no error in the page: ${error}`, false));
  page.on("request", request => {
    if (!request.url().startsWith(new URL(link).origin)) check(`no other host: ${request.url()}`, false);
  });
  await page.goto(link);
  await page.waitForFunction(() => document.getElementById("producer-text").textContent.includes("/s")
    && document.getElementById("f-held").textContent !== "");
  return page;
}

const phase = (page, name, timeout = 40_000) =>
  page.waitForFunction(wanted => document.getElementById("scene").dataset.phase === wanted, name, { timeout })
    .then(() => true, () => false);
const text = (page, id) => page.locator(`#${id}`).textContent();
async function slide(page, id, value) {
  await page.locator(`#${id}`).fill(String(value));
  await page.waitForFunction(([id, value]) => document.getElementById(id).value === value, [id, String(value)]);
}
const shot = (page, name, fullPage = true) => page.screenshot({ path: join(shots, `${name}.png`), fullPage });
const kib = words => parseFloat(words) * (words.endsWith("MiB") ? 1024 : words.endsWith("KiB") ? 1 : 1 / 1024);

try {
  const page = await open({ viewport: { width: 1360, height: 900 }, colorScheme: "light" });
  await slide(page, "consumer", 64);
  await slide(page, "producer", 512);
  check("a faster producer is held back", await phase(page, "HELD_BACK"));
  await page.waitForFunction(() => Number(document.getElementById("f-drains").textContent) >= 1);
  check("the tank was filled to its mark, not above", (await text(page, "f-peak")) === "64 KiB");
  check("the sentence says so", /waits for drain/.test(await text(page, "sentence")));
  await page.waitForFunction(() => document.getElementById("picture").dataset.valve === "closed");
  check("the valve is closed while it waits", (await text(page, "valve-text")) === "closed");
  check("the log has a false and a drain", await page.locator("#events li.false").count() > 0 && await page.locator("#events li.drain").count() > 0);
  await shot(page, "held-back-light");

  const dark = await open({ viewport: { width: 1360, height: 900 }, colorScheme: "dark" });
  check("a second viewer sees the same tank", await dark.locator("#producer").inputValue() === "512");
  await shot(dark, "held-back-dark");

  // Slow enough for the pictures, and fast enough to be seen to the end.
  await slide(page, "producer", 256);
  await page.locator("#ignoring").focus();
  await page.keyboard.press("Space");
  check("the switch, by keyboard, makes it overflow", await phase(page, "OVERFLOWING"));
  await page.waitForFunction(() => document.getElementById("picture").hasAttribute("data-spills")
    && /runs over: .*MiB|runs over: [1-9]\d\d KiB/.test(document.getElementById("picture-text").textContent));
  check("the figures show more than the mark", kib(await text(page, "f-held")) > 128 && (await text(page, "f-times")).endsWith("times"));
  check("the valve stays open", (await text(page, "valve-text")) === "held open");
  check("the code that is shown ignores the answer", await page.locator("#code-ignores").isVisible());
  await shot(page, "overflow-light");
  await shot(dark, "overflow-dark");

  check("the memory ends", await phase(page, "DEAD"));
  check("the page says what would have happened", /would have died here: out of memory/.test(await text(page, "sentence")));
  const held = await text(page, "f-held");
  await page.waitForTimeout(600);
  check("and nothing moves any more", await text(page, "f-held") === held && held === "2 MiB");
  await shot(page, "dead-light");
  await shot(dark, "dead-dark");

  const narrow = await open({ viewport: { width: 390, height: 844 }, colorScheme: "light", reducedMotion: "reduce" });
  await shot(narrow, "dead-narrow");
  check("a narrow page does not scroll sideways", await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.locator("#ignoring").press("Space");
  await page.locator("#restart").click();
  check("a new start is held back again", await phase(page, "HELD_BACK"));
  await page.waitForTimeout(300);
  await shot(narrow, "held-back-narrow");
  await narrow.evaluate(() => scrollTo(0, 0));
  await shot(narrow, "held-back-narrow-top", false);

  await page.locator("#paused").click();
  check("it can be paused", await phase(page, "PAUSED"));
  const unlabelled = await page.evaluate(() => [...document.querySelectorAll("input, button")]
    .filter(control => !(control.labels?.length || control.textContent.trim())).length);
  check("every control has a name", unlabelled === 0);
  check("a slider says its value in words", await page.locator("#producer").getAttribute("aria-valuetext") === "256 KiB a second");

  lab.kill("SIGINT");
  const code = await new Promise(resolve => lab.once("exit", (code, signal) => resolve(code ?? signal)));
  check(`Ctrl-C ends it with 130 (${code})`, code === 130);
  check("the page says that it has ended", await page.waitForFunction(() => document.getElementById("scene").dataset.phase === "ENDED",
    null, { timeout: 5000 }).then(() => true, () => false));
} catch (error) {
  check(String(error), false);
} finally {
  await browser.close();
  lab.kill("SIGKILL");
}
console.log(failures === 0 ? "all seen" : `${failures} not seen`);
process.exit(failures === 0 ? 0 : 1);
