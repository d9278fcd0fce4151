// Opens the console in a headless Chromium as somebody who only has a keyboard and tells what is on it, a line of JSON each time
// that a line is read:  node browser.mjs <a package.json beside playwright-core> <executable> <URL>
//   wait <count>      until so many sends are in the ledger, and the charts show them
//   look <partition>  into a partition of conversations
//   trace <word>      the newest trace with this word in it, and its steps
//   picture <file>    of the page
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [beside, executablePath, address] = process.argv.slice(2);
const { chromium } = createRequire(beside)("playwright-core");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
const troubles = [], asked = new Set();
page.on("console", (m) => ["error", "warning"].includes(m.type()) && troubles.push(m.text()));
page.on("pageerror", (e) => troubles.push(e.message));
page.on("request", (r) => asked.add(new URL(r.url()).host));
const tell = (said) => console.log(JSON.stringify({ ...said, troubles, hosts: [...asked] }));

const commands = {
  async wait(count) {
    await page.waitForFunction((count) => {
      const row = [...document.querySelectorAll("#ledger-table tbody tr")].find((r) => r.cells[0].textContent === "send");
      const label = document.querySelector("figure[data-chart=actions] svg")?.getAttribute("aria-label") ?? "";
      return row && Number(row.cells[2].textContent) >= count && label.includes("send");
    }, Number(count), { timeout: 20_000 });
    tell(await page.evaluate(() => ({
      ledger: [...document.querySelectorAll("#ledger-table tbody tr")].map((r) => r.cells[0].textContent),
      chart: document.querySelectorAll("figure[data-chart=actions] rect").length,
      message: document.querySelector("figure[data-chart=message] svg").getAttribute("aria-label"),
    })));
  },
  async look(partition) {
    await page.focus("#browse input[name=key]");
    await page.keyboard.type(partition);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#items-table td.wide");
    tell({ items: await page.locator("#items-table tbody tr").allTextContents() });
    await page.keyboard.press("Escape");
  },
  async trace(word) {
    await page.fill("#trace-filter", word);
    await page.focus("#traces-list button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#waterfall svg");
    tell({ items: await page.locator("#waterfall li").allTextContents() });
  },
  async picture(path) {
    await page.check("input[name=window][value='60']");
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path });
    tell({});
  },
};

try {
  await page.goto(address);
  await page.waitForFunction(() => document.getElementById("state").textContent === "live");
  tell({ title: await page.title() });
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, argument] = line.split(" ");
    await commands[command](argument);
  }
} finally {
  await browser.close();
}
