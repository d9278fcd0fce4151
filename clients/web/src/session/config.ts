/** What the deployment says of itself in /config.json; written by the Go package beside this app. */
export interface Config {
  url: string
  tokens?: string
  issuer?: string
  clientId?: string
  scope?: string
  vapidKey?: string
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json", { cache: "no-cache", credentials: "omit" })
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`)
  const config = (await answer.json()) as Config
  if (typeof config.url !== "string" || !/^wss?:\/\//.test(config.url)) throw new Error("config.json names no url")
  return config
}
