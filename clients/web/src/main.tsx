import "./design/tokens.css"
import "./design/base.css"
import { createRoot } from "react-dom/client"
import { App } from "./app/app"
import { applyTheme } from "./app/theme"
import { installWorker } from "./notify/worker"
import { loadConfig } from "./session/config"
import { resume } from "./session/session"

applyTheme()
const root = createRoot(document.getElementById("app")!)

async function start() {
  const config = await loadConfig()
  const session = await resume(config).catch(() => undefined) // whoever cannot be resumed signs in again
  root.render(<App config={config} before={session} />)
  installWorker()
}

start().catch(() => {
  root.render(
    <main className="signin">
      <div className="signin-card">
        <h1>Parley cannot start</h1>
        <p>Its server does not answer. Reload the page in a moment.</p>
      </div>
    </main>,
  )
})
