// Opens reports in headless Chromium, light and dark, wide and as narrow as a phone: axe-core finds
// nothing, nothing is fetched, nothing scrolls sideways but tables, and charts are drawn.
//
//   node browse.mjs SEATKEEPER ROOT [PICTURES]      the executable, the root of the repository, and
//                                                   a folder for screenshots
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [seatkeeper, root, pictures] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const failures = [];
let looks = 0;

const folder = mkdtempSync(join(tmpdir(), "seatkeeper-report-"));
const made = join(folder, "made.html");
const command = ["report", "--snapshot", "tenant.json", "--policy", "policies", "--users", "--format", "html"];
writeFileSync(made, execFileSync(seatkeeper, command, { cwd: join(root, "examples/first-plan") }));
const reports = { golden: join(root, "tests/golden/report_html.html"), made };

async function look(page, name, file, scheme, width) {
  const place = `${name}, ${scheme}, ${width} px`;
  const url = pathToFileURL(file).href;
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(url);
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  for (const violation of found.violations) {
    for (const node of violation.nodes) failures.push(`${place}: ${violation.help}: ${node.html}`);
  }
  if (found.passes.length < 15) failures.push(`${place}: axe-core looked at ${found.passes.length} things`);
  const seen = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    drawn: [...document.querySelectorAll("dd rect")].filter((each) => each.getBoundingClientRect().width > 0).length,
    lines: [...document.querySelectorAll("dd polyline")].filter((each) => {
      const { width, height } = each.getBoundingClientRect();
      return width > 100 && height > 5 && getComputedStyle(each).stroke !== "none";
    }).length,
    back: getComputedStyle(document.body).backgroundColor,
  }));
  if (seen.width > width) failures.push(`${place}: ${seen.width} px wide`);
  if (seen.drawn === 0) failures.push(`${place}: no chart`);
  // Three of seats and two of what they cost; a report on a snapshot knows one day.
  if (seen.lines !== (name === "golden" ? 5 : 0)) failures.push(`${place}: ${seen.lines} lines of a trend`);
  const dark = seen.back !== "rgb(255, 255, 255)";
  if (dark !== (scheme === "dark")) failures.push(`${place}: the background is ${seen.back}`);
  for (const other of asked) if (other !== url) failures.push(`${place}: ${other} was asked for`);
  if (pictures) await page.screenshot({ path: join(pictures, `${name}-${scheme}-${width}.png`), fullPage: true });
  looks += 1;
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"], // Root cannot have the sandbox; the pages are our own.
});
try {
  for (const [name, file] of Object.entries(reports)) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [1200, 360]) {
        const page = await browser.newPage();
        await look(page, name, file, scheme, width);
        await page.close();
      }
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

for (const failure of failures) console.error(failure);
console.log(`${looks} looks, ${failures.length} things wrong`);
process.exit(failures.length === 0 && looks === 8 ? 0 : 1);
