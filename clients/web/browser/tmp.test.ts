import { it } from "vitest"
import { launch, Visitor } from "./visitor"
import { settle } from "./village"
it("x", async () => {
  const b = await launch(), v = await settle()
  const ann = await Visitor.join(b, v.ann, { reducedMotion: "reduce" })
  ann.page.on("console", (m) => console.log(m.text()))
  await ann.page.evaluate(() => {
    (window as any).log = []
    addEventListener("scroll", (e) => { const t = e.target as HTMLElement; if (t.className === "timeline-scroll") (window as any).log.push([Math.round(performance.now()), t.scrollTop, t.scrollHeight, t.clientHeight]) }, true)
  })
  for (let i = 0; i < 5; i++) {
    await ann.list.open(v.direct)
    await ann.conversation.messages.last().waitFor()
    await ann.page.waitForTimeout(600)
    console.log(i, JSON.stringify(await ann.page.evaluate(() => { const l = (window as any).log; (window as any).log = []; const t = document.querySelector(".timeline-scroll")!; return [l, t.scrollTop, t.scrollHeight, t.clientHeight] })))
    await ann.go("/")
  }
  await b.close(); await v.close()
})
