import { expect, test } from "vitest"
import { firstView, limit, total } from "../size.mjs"

// Of the build, which `make local` makes; npm run build makes it alone.
test("the first view is small", () => {
  const sizes = firstView()
  expect([...sizes.keys()].some((file) => file.endsWith(".js"))).toBe(true)
  expect([...sizes.keys()].some((file) => file.endsWith(".css"))).toBe(true)
  for (const later of ["settings", "emoji", "search", "oidc"]) expect([...sizes.keys()].join(" ")).not.toContain(`assets/${later}-`)
  expect(total(sizes)).toBeLessThan(limit)
})
