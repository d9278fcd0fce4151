// Plays the scenes in a page of a headless Chromium and prints what was seen:
// node browser.mjs <executable> <URL of the page> wss://…
import { chromium } from "playwright-core";

import { scenes } from "./scenes.mjs";

const [executablePath, page, address] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const tab = await browser.newPage();
  await tab.goto(page);
  console.log(JSON.stringify(await tab.evaluate(scenes, address)));
} finally {
  await browser.close();
}
