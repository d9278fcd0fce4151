import { ParleyError } from "@parley-im/client"

const sentences: Record<string, string> = {
  offline: "There is no connection at the moment.",
  timeout: "The server did not answer in time. Try again.",
  cancelled: "Cancelled.",
  closed: "You are signed out.",
  transfer: "The file could not be transferred.",
  token: "Signing in failed. Trying again.",
  forbidden: "You are not allowed to do that.",
  not_found: "That is not there any more.",
  invalid: "That cannot be done like this.",
  too_large: "That is too much at once.",
  conflict: "That was done already.",
  behind: "Too much has happened meanwhile. Try again.",
  media_missing: "The file was not uploaded completely.",
  unauthenticated: "Your sign-in has expired.",
  replaced: "You are signed in on too many devices.",
  limited: "That was too fast. Wait a moment.",
  unavailable: "The server does not answer at the moment.",
  internal: "Something went wrong on the server.",
}

/** Says in words for people why something failed. */
export function failure(error: unknown): string {
  if (error instanceof ParleyError) return sentences[error.code] ?? "Something went wrong."
  if (error instanceof DOMException && error.name === "AbortError") return sentences["cancelled"]!
  return "Something went wrong."
}
