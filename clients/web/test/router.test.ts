import { expect, test } from "vitest"
import { href, parse, type Route } from "../src/router"

const routes: Route[] = [
  { at: "home" }, { at: "settings" }, { at: "join" }, { at: "search" }, { at: "search", in: "d_x" },
  { at: "user", user: "chloe@example.com" }, { at: "user", user: "a|b+c" }, { at: "conversation", id: "g_x" }, { at: "conversation", id: "g_x", seq: 42 },
  { at: "conversation", id: "g_x", side: { kind: "thread", root: 7 } }, { at: "conversation", id: "g_x", side: { kind: "info" } }, { at: "conversation", id: "g_x", side: { kind: "pins" } },
]

test("every route has an address that leads to it", () => {
  for (const route of routes) {
    const url = new URL(href(route), "https://app.example")
    expect(parse(url.pathname, url.search)).toEqual(route)
  }
})

test("other addresses lead home, or drop what they cannot say", () => {
  expect(parse("/nowhere/at/all")).toEqual({ at: "home" })
  expect(parse("/c")).toEqual({ at: "home" })
  expect(parse("/c/g_x/t/nan", "?at=-1")).toEqual({ at: "conversation", id: "g_x" })
  expect(parse("/u/%E0%A4%A")).toEqual({ at: "user", user: "%E0%A4%A" })
})
