/** Numbers, sizes, times and dates as the design writes them: `1 m 48 s`, `146 MB`, `3×32×32`, `today 10:02`. */

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A size in bytes, in powers of 1000 with at most three figures. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 9.95 ? trimmed(value, 1) : Math.round(value)} ${UNITS[unit]}`
}

/** A duration in seconds: two units at most, tenths below ten seconds. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '0 s'
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 9.95) return `${trimmed(seconds, 1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return two(Math.floor(whole / 60), 'm', whole % 60, 's')
  const minutes = Math.round(whole / 60)
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'm')
  const hours = Math.round(minutes / 60)
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** A shape: `3×32×32`; a scalar is `scalar`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×')
}

/** A number and its noun: `1 execution`, `3 executions`, `no executions`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return count === 0 ? `no ${plural}` : `${formatNumber(count)} ${count === 1 ? noun : plural}`
}

/** A number with thin groups of three, and at most six significant figures after the point. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US').replaceAll(',', ' ')
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value)
}

const DAY = 24 * 3600 * 1000

/** When something was, as people say it: `today 10:02`, `yesterday`, `20 Nov`, `20 Nov 2025`. */
export function formatWhen(time: string | Date, now: Date = new Date()): string {
  const date = new Date(time)
  const days = Math.round((midnight(now) - midnight(date)) / DAY)
  if (days === 0) return `today ${clock(date)}`
  if (days === 1) return `yesterday ${clock(date)}`
  return calendar(date, now)
}

/** The shortest form for narrow places: `10:02` today, `20 Nov` before. */
export function formatTime(time: string | Date, now: Date = new Date()): string {
  const date = new Date(time)
  return midnight(now) === midnight(date) ? clock(date) : calendar(date, now)
}

/** The whole date and time, for tooltips: `20 Nov 2026, 10:02:07`. */
export function formatInstant(time: string | Date): string {
  const date = new Date(time)
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}, ${clock(date)}:${pad(date.getSeconds())}`
}

/** Seconds between two times; without an end, until now. */
export function elapsed(started: string | null, ended: string | null, now: Date = new Date()): number | null {
  if (started === null) return null
  return Math.max(0, (ended === null ? now.getTime() : Date.parse(ended)) - Date.parse(started)) / 1000
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function calendar(date: Date, now: Date): string {
  const year = date.getFullYear() === now.getFullYear() ? '' : ` ${date.getFullYear()}`
  return `${date.getDate()} ${MONTHS[date.getMonth()]}${year}`
}

function clock(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}`
}

/** `a wire`, `an operation`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '')
}

function two(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first} ${firstUnit}` : `${first} ${firstUnit} ${second} ${secondUnit}`
}
