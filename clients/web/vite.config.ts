import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

// The app talks to a stack that serves it: there is no development server of its own.
export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2024",
    assetsInlineLimit: 0, // the policy allows no data: in styles and scripts
    modulePreload: { polyfill: false },
    manifest: "files.json", // for the service worker, which keeps them, and for npm run size
  },
})
