/** The generated types are what the server's Structs say now: `npm run generate` writes them. */
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { it } from 'vitest'

it('src/api/schema.ts is up to date', { timeout: 60_000 }, () => {
  execFileSync(process.execPath, [resolve(import.meta.dirname, '../scripts/generate.mjs'), '--check'], {
    stdio: 'pipe',
  })
})
