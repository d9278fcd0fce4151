const path = "/sw.js"

// The one place that makes a script from a text, under the one policy that the headers allow.
interface Policy { createScriptURL(path: string): string }
interface Factory { createPolicy(name: string, rules: { createScriptURL(path: string): string }): Policy }

/** Registers the service worker, which keeps the app for when there is no network and shows notifications. */
export function installWorker(): void {
  if (!("serviceWorker" in navigator)) return
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
  const policy = factory?.createPolicy("parley", {
    createScriptURL(asked) {
      if (asked !== path) throw new TypeError("not the service worker")
      return asked
    },
  })
  // Without it the app works; only not without a network.
  navigator.serviceWorker.register(policy ? policy.createScriptURL(path) : path).catch(() => undefined)
}

/** Calls open with the conversation of a notification that somebody has clicked, until the function it returns is called. */
export function onNotification(open: (conversation: string, seq?: number) => void): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined
  const listener = (e: MessageEvent) => {
    const { open: conversation, seq } = (e.data ?? {}) as { open?: unknown; seq?: unknown }
    if (typeof conversation === "string") open(conversation, typeof seq === "number" ? seq : undefined)
  }
  navigator.serviceWorker.addEventListener("message", listener)
  return () => navigator.serviceWorker.removeEventListener("message", listener)
}
