/** How long movements take that are driven from code; nothing moves where people asked for less motion. */

const DURATIONS = { quick: 140, calm: 220, layout: 320 } as const

export function motion(kind: keyof typeof DURATIONS): number {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : DURATIONS[kind]
}
