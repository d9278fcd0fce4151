import { expect, test } from "vitest";
import { everybody, until } from "../person.js";

const { come } = everybody();

/** A picture of one pixel. */
const pixel = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (c) => c.charCodeAt(0),
);

test("a file is uploaded, sent, and fetched by the other one", async () => {
  const [ann, bob] = await Promise.all([come("ann"), come("bob")]);
  const there = ann.direct("bob");
  const progress: number[] = [];
  const attachment = await there.upload({ name: "dot.png", type: "image/png", bytes: pixel }, { onProgress: (sent) => progress.push(sent) });
  expect(attachment).toMatchObject({ name: "dot.png", type: "image/png", size: pixel.length });
  expect(progress).toEqual([0, pixel.length]);
  const { seq } = await there.send({ attachments: [attachment] }).sent;
  const here = bob.conversation(there.id);
  await until(here.timeline, ({ messages }) => messages[0]?.attachments[0]?.name === "dot.png");
  const url = await here.url(seq, attachment.media);
  expect(await here.url(seq, attachment.media)).toBe(url);
  const file = await here.download(seq, attachment.media);
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(pixel);
  await expect(here.download(seq, "m_aaaaaaaaaaaaaaaaaaaaaaaaaa")).rejects.toMatchObject({ name: "ParleyError" });
});

test("an upload can be cancelled, and what is too large or empty is refused before it begins", async () => {
  const cat = await come("cat");
  const stop = new AbortController();
  stop.abort();
  const file = { name: "a.txt", type: "text/plain", bytes: new TextEncoder().encode("a") };
  await expect(cat.upload(file, { signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
  await expect(cat.upload({ ...file, bytes: new Uint8Array(0) })).rejects.toMatchObject({ code: "invalid" });
  const me = await until(cat.me, (now) => now?.limits.MaxUpload !== undefined);
  const huge = new Blob([new Uint8Array((me?.limits.MaxUpload ?? 0) + 1)], { type: "text/plain" });
  await expect(cat.upload(huge)).rejects.toMatchObject({ code: "too_large" });
});

test("a picture of oneself, and one of a group", async () => {
  const [dan, eve] = await Promise.all([come("dan"), come("eve")]);
  await dan.setPicture({ name: "me.png", type: "image/png", bytes: pixel });
  await until(eve.profile("dan"), ({ picture }) => picture !== undefined);
  expect((await fetch((await eve.pictureURL("dan")) ?? "")).status).toBe(200);
  expect(await eve.pictureURL("nobody")).toBeUndefined();
  const group = await dan.createGroup({ name: "Pictures", members: ["eve"] });
  const { media } = await dan.upload({ name: "all.png", type: "image/png", bytes: pixel });
  await group.change({ picture: { media } });
  const here = eve.conversation(group.id);
  await until(here.summary, (line) => line?.picture === media);
  expect((await fetch((await here.pictureURL()) ?? "")).status).toBe(200);
});
