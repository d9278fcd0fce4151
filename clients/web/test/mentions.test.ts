import { expect, test } from "vitest"
import { mentionAt, mentionsIn } from "../src/composer/text"

test("a mention begins behind an @ that begins a word", () => {
  expect(mentionAt("hi @bo", 6)).toEqual({ typed: "bo", from: 3 })
  expect(mentionAt("@", 1)).toEqual({ typed: "", from: 0 })
  expect(mentionAt("mail bob@example.com", 20)).toBeUndefined()
  expect(mentionAt("@bob done", 9)).toBeUndefined()
})

test("those count whose id stands in the text", () => {
  const members = ["ann", "bob", "chloe@example.com", "bo"]
  expect(mentionsIn("@bob, ask @chloe@example.com.", members).mentions).toEqual(["bob", "chloe@example.com", "bo"].filter((u) => u !== "bo"))
  expect(mentionsIn("@bobby and ann", members).mentions).toEqual([])
  expect(mentionsIn("@everybody look", members).everybody).toBe(true)
  expect(mentionsIn("@everybodys", members).everybody).toBe(false)
})
