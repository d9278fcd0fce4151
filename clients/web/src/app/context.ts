import { createContext, useContext } from "react"
import type { Config } from "../session/config"

export const ConfigContext = createContext<Config>({ url: "" })
/** What the deployment says of itself. */
export const useConfig = () => useContext(ConfigContext)

export const SignOutContext = createContext<() => Promise<void>>(async () => undefined)
/** Signs out of this browser and forgets what it holds. */
export const useSignOut = () => useContext(SignOutContext)
