import type { Parley, wire } from "@parley-im/client"
import { tell } from "../app/notice"

/** Whether this browser is subscribed. */
export async function subscribed(): Promise<boolean> {
  const worker = await navigator.serviceWorker.getRegistration()
  return Notification.permission === "granted" && (await worker?.pushManager.getSubscription()) != null
}

/** Asks the person for permission, the browser for a subscription and the server to use it. Tells whether it is on. */
export async function subscribe(parley: Parley, vapidKey: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") {
    tell("The browser does not let Parley show notifications.", true)
    return false
  }
  const worker = await navigator.serviceWorker.ready
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key(vapidKey) })
  const { endpoint, keys } = subscription.toJSON() // without its expirationTime, which is null as a rule
  await parley.request("register", { platform: "web", subscription: { endpoint, keys } } as wire.RegisterRequest)
  return true
}

/** Ends it, here and at the server. Tells whether it is still on. */
export async function unsubscribe(parley: Parley): Promise<boolean> {
  await parley.unregister()
  const worker = await navigator.serviceWorker.getRegistration()
  await (await worker?.pushManager.getSubscription())?.unsubscribe()
  return false
}

function key(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}
