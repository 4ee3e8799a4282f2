import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds the server: `DEEPFORGE_URL=http://127.0.0.1:8888 npm run dev`. */
const server = process.env.DEEPFORGE_URL ?? 'http://127.0.0.1:8888'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../src/deepforge/server/static',
    emptyOutDir: true,
    target: 'es2024',
    // Everything is a file of its own origin: the content security policy allows nothing else for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1800,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: server, ws: true, changeOrigin: false } } },
  test: { include: ['tests/**/*.test.{ts,tsx}'], environment: 'node' },
})
