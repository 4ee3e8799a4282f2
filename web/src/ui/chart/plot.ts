/** The options of uPlot for our line graphs: what is drawn, in the colours of the current theme. */
import uPlot from 'uplot'
import { ordered, type Points } from './points'

export interface ChartSeries {
  readonly key: string
  readonly name: string
  readonly points: Points
  /** More points may come: the end gets a halo. */
  readonly live: boolean
}

export interface Labels {
  readonly x: string
  readonly y: string
}

const COLORS = 6
const SOLID_LINES = 4

export function seriesColor(index: number): string {
  return `var(--series-${(index % COLORS) + 1})`
}

export function dashed(index: number): boolean {
  return index >= SOLID_LINES
}

/** All series over one x axis. A point that is not finite is null, which is a gap; where a series has no point, undefined. */
export function align(series: readonly ChartSeries[]): uPlot.AlignedData {
  if (series.length === 0) return [[]]
  const tables = series.map(({ points }): uPlot.AlignedData => {
    const { xs, ys } = ordered(points)
    return [[...xs], ys.map((y) => (Number.isFinite(y) ? y : null))]
  })
  return uPlot.join(tables)
}

export function options(
  host: HTMLElement,
  series: readonly ChartSeries[],
  labels: Labels,
  log: boolean,
  newest: () => readonly ChartSeries[] = () => series,
): uPlot.Options {
  const style = getComputedStyle(host)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const font = `11px ${color('--font-ui')}`
  const axis: uPlot.Axis = {
    stroke: color('--text-3'),
    font,
    labelFont: `500 11px ${color('--font-ui')}`,
    grid: { stroke: color('--border'), width: 1 },
    ticks: { show: false },
    border: { show: false },
  }
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [12, 72, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 8 } },
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [
      { ...axis, size: 30, ...(labels.x ? { label: labels.x, labelSize: 20 } : {}), grid: { show: false } },
      { ...axis, size: 56, ...(labels.y ? { label: labels.y, labelSize: 20 } : {}) },
    ],
    series: [
      { label: labels.x || 'x' },
      ...series.map((one, index): uPlot.Series => {
        const stroke = color(`--series-${(index % COLORS) + 1}`)
        return {
          label: one.name,
          stroke,
          width: 2,
          ...(dashed(index) ? { dash: [6, 4] } : {}),
          points: { show: one.points.xs.length <= 1, size: 6, fill: stroke },
          spanGaps: false,
        }
      }),
    ],
    hooks: { draw: [(plot) => drawEnds(plot, newest(), color('--font-ui'))] },
  }
}

/** The last value at each line's end, and a halo where the line is still growing. Labels that would overlap are moved apart. */
function drawEnds(plot: uPlot, series: readonly ChartSeries[], font: string): void {
  const ratio = devicePixelRatio
  const context = plot.ctx
  const ends = series
    .map((one, index) => ({ one, index, end: lastPoint(one.points) }))
    .flatMap(({ one, index, end }) => {
      const stroke = plot.series[index + 1]?.stroke
      const color = typeof stroke === 'function' ? stroke(plot, index + 1) : stroke
      if (end === null || typeof color !== 'string') return []
      return [{ one, color, value: end.y, x: plot.valToPos(end.x, 'x', true), y: plot.valToPos(end.y, 'y', true) }]
    })
    .sort((first, second) => first.y - second.y)
  context.save()
  context.font = `600 ${12 * ratio}px ${font}`
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  let free = Number.NEGATIVE_INFINITY
  for (const end of ends) {
    context.fillStyle = end.color
    if (end.one.live) drawHalo(context, end.x, end.y, ratio)
    const y = Math.max(end.y, free)
    context.fillText(shortNumber(end.value), end.x + 12 * ratio, y)
    free = y + 14 * ratio
  }
  context.restore()
}

function drawHalo(context: CanvasRenderingContext2D, x: number, y: number, ratio: number): void {
  for (const [radius, alpha] of [
    [8, 0.25],
    [4, 1],
  ] as const) {
    context.globalAlpha = alpha
    context.beginPath()
    context.arc(x, y, radius * ratio, 0, 2 * Math.PI)
    context.fill()
  }
  context.globalAlpha = 1
}

function lastPoint(points: Points): { x: number; y: number } | null {
  for (let index = points.xs.length - 1; index >= 0; index--) {
    const x = points.xs[index] ?? Number.NaN
    const y = points.ys[index] ?? Number.NaN
    if (Number.isFinite(x) && Number.isFinite(y)) return { x, y }
  }
  return null
}

export function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (value !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2)
  return Number(value.toPrecision(4)).toString()
}
