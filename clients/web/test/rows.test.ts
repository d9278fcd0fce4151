import type { Message } from "@parley-im/client"
import { expect, test } from "vitest"
import { rowsOf } from "../src/timeline/rows"

const noon = new Date(2026, 10, 22, 12).getTime()
const message = (seq: number, from: string, at: number, more: Partial<Message> = {}): Message => ({
  key: `k${seq}`, conversation: "g_x", seq, id: `${seq}`, from, mine: from === "ann", at, kind: "message", text: "x", mentions: [], everybody: false, attachments: [],
  forwarded: false, reactions: [], pinned: false, ...more,
})

test("what one says in one go stands together", () => {
  const all = [message(1, "bob", noon), message(2, "bob", noon + 60_000), message(3, "ann", noon + 61_000), message(4, "bob", noon + 62_000), message(5, "bob", noon + 600_000)]
  expect(rowsOf(all, undefined, new WeakMap()).map((r) => [r.first, r.last])).toEqual([[true, false], [false, true], [true, true], [true, true], [true, true]])
})

test("a day begins once, and what is unread begins once, with what others say", () => {
  const all = [message(1, "bob", noon - 86_400_000), message(2, "ann", noon), message(3, "bob", noon + 1), message(4, "bob", noon + 2)]
  const rows = rowsOf(all, 1, new WeakMap())
  expect(rows.map((r) => r.day)).toEqual([true, true, false, false])
  expect(rows.map((r) => r.unread)).toEqual([false, false, true, false])
})

test("a row is the same object until something about it is different", () => {
  const known = new WeakMap()
  const one = message(1, "bob", noon), two = message(2, "bob", noon + 1)
  const [first] = rowsOf([one], undefined, known)
  const [again, next] = rowsOf([one, two], undefined, known)
  expect(again).not.toBe(first) // it is not the last of its group any more
  expect(rowsOf([one, two], undefined, known)).toEqual([again, next])
  expect(rowsOf([one, two], undefined, known)[0]).toBe(again)
})
