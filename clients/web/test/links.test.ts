import { expect, test } from "vitest"
import { pieces } from "../src/text/links"

const hrefs = (text: string) => pieces(text).flatMap((p) => (p.href ? [p.href] : []))

test("what is said is not changed by finding links in it", () => {
  for (const text of ["", "no link", "a https://example.com b", "https://a.example,https://b.example", "(https://x.example)", "\u202ehttps://x.example"]) {
    expect(pieces(text).map((p) => p.text).join("")).toBe(text)
  }
})

test("addresses of web pages are links, without the punctuation around them", () => {
  expect(hrefs("see https://example.com/a?b=c#d.")).toEqual(["https://example.com/a?b=c#d"])
  expect(hrefs("(https://example.com/wiki/A_(b))")).toEqual(["https://example.com/wiki/A_(b)"])
  expect(hrefs("HTTP://EXAMPLE.com/x!, https://münchen.example/ä")).toEqual(["http://example.com/x", "https://xn--mnchen-3ya.example/%C3%A4"])
  expect(hrefs("»https://example.com«")).toEqual(["https://example.com/"])
})

test("nothing else is a link", () => {
  for (const text of [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "ftp://example.com",
    "blob:https://example.com/x", "//example.com", "example.com", "https://", "https:///path", "http:example.com", "xhttps://example.com",
    "https://bank.example@evil.example/", "https://user:password@example.com", "https://example.com/\u202egnp.exe", "https://exam\u200bple.com", "https://\u00adexample.com",
    "https://[not-an-ip]/", "https://example.com:99999/", "https://" + "a".repeat(3000) + ".example",
  ]) {
    for (const href of hrefs(text)) expect.soft(href, text).toBe("")
  }
})
