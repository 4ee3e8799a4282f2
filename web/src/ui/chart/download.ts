import type { ChartSeries } from './plot'

/** The points of all series as comma-separated values: series, x, y. */
export function toCsv(series: readonly ChartSeries[], labels: { readonly x: string; readonly y: string }): string {
  const rows = series.flatMap(({ name, points }) => points.xs.map((x, index) => [name, x, points.ys[index]]))
  return [['series', labels.x || 'x', labels.y || 'y'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n')
}

/** A cell that no spreadsheet takes for a formula or for two cells. */
function cell(value: string | number | undefined): string {
  if (typeof value !== 'string') return String(value ?? '')
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Offer a text as a file. */
export function downloadText(name: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
