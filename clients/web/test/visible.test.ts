import { expect, test } from "vitest"
import { oneLine, visible } from "../src/text/visible"

const shown = (text: string) => visible(text).map((part) => ("text" in part ? part.text : `[${part.name}]`)).join("")

test("characters that would not show are named", () => {
  expect(shown("a\u0000b\u0007c\u001b[31m")).toBe("a[U+0000]b[U+0007]c[U+001B][31m")
  expect(shown("photo\u202egnp.exe")).toBe("photo[U+202E]gnp.exe")
  expect(shown("\u2066x\u2069")).toBe("[U+2066]x[U+2069]")
  expect(shown("\u{e0001}")).toBe("[U+E0001]")
})

test("what writing needs stays as it is", () => {
  for (const text of ["line\nline\ttab", "👩‍🚀 ❤️ 🏳️‍🌈", "می‌خواهم", "שלום עולם", "क्षि", "e\u0301"]) expect(shown(text)).toBe(text)
})

test("a preview is one line and ends", () => {
  expect(oneLine("a\r\n\n b\u0000")).toBe("a bU+0000")
  expect(oneLine("x".repeat(500)).length).toBe(201)
})
