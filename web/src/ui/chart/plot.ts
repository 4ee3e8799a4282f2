/** The options of uPlot for our line graphs: what is drawn, in the colours of the current theme. */
import uPlot from 'uplot'
import { spread } from './ends'
import { CORNERS, dashOf, type Marker, markerOf, RADIUS, seriesToken, sparse } from './markers'
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

/** Between two markers of a line, and how far those of the next line stand from them, so that they do not lie on each other. */
const MARKER_GAP = 96
const MARKER_SHIFT = 24

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
    padding: [12, 84, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 8 } },
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [
      { ...axis, size: 30, ...(labels.x ? { label: labels.x, labelSize: 20 } : {}), grid: { show: false } },
      // Further from the plot than usual: a marker may stand on its edge.
      { ...axis, size: 60, gap: 10, ...(labels.y ? { label: labels.y, labelSize: 20 } : {}) },
    ],
    series: [
      { label: labels.x || 'x' },
      ...series.map((one, index): uPlot.Series => {
        const stroke = color(seriesToken(index))
        return {
          label: one.name,
          stroke,
          width: 2,
          dash: [...dashOf(index)],
          points: { show: markerOf(index) === null && one.points.xs.length <= 1, size: 6, fill: stroke },
          spanGaps: false,
        }
      }),
    ],
    hooks: {
      draw: [
        (plot) => drawMarkers(plot, newest(), color('--surface')),
        (plot) => drawEnds(plot, newest(), color('--font-ui'), color('--surface')),
      ],
    },
  }
}

/** The markers of the first lines, in their colours; a rim in the colour of the ground keeps them apart from other lines. */
function drawMarkers(plot: uPlot, series: readonly ChartSeries[], ground: string): void {
  const ratio = devicePixelRatio
  const context = plot.ctx
  context.save()
  context.lineWidth = ratio
  context.strokeStyle = ground
  series.forEach((one, index) => {
    const marker = markerOf(index)
    const color = strokeOf(plot, index)
    if (marker === null || color === null) return
    const points = drawn(plot, one.points)
    const xs = points.map(({ x }) => x)
    context.fillStyle = color
    for (const at of sparse(xs, MARKER_GAP * ratio, xs.length > 1 ? index * MARKER_SHIFT * ratio : 0)) {
      const point = points[at]
      if (point === undefined) continue
      outline(context, marker, point, ratio)
      context.stroke()
      context.fill()
    }
  })
  context.restore()
}

/** The points that are in view, in canvas pixels. */
function drawn(plot: uPlot, points: Points): { x: number; y: number }[] {
  const { left, top, width, height } = plot.bbox
  const { xs, ys } = ordered(points)
  return xs
    .map((x, index) => ({ x: plot.valToPos(x, 'x', true), y: plot.valToPos(ys[index] ?? Number.NaN, 'y', true) }))
    .filter(({ x, y }) => x >= left - 1 && x <= left + width + 1 && y >= top - 1 && y <= top + height + 1)
}

function outline(context: CanvasRenderingContext2D, marker: Marker, { x, y }: { x: number; y: number }, ratio: number) {
  context.beginPath()
  if (marker === 'circle') context.arc(x, y, RADIUS * ratio, 0, 2 * Math.PI)
  else for (const [dx, dy] of CORNERS[marker]) context.lineTo(x + dx * ratio, y + dy * ratio)
  context.closePath()
}

function strokeOf(plot: uPlot, index: number): string | null {
  const stroke = plot.series[index + 1]?.stroke
  const color = typeof stroke === 'function' ? stroke(plot, index + 1) : stroke
  return typeof color === 'string' ? color : null
}

/** The last value at each line's end, and a halo where the line is still growing. Labels that would overlap are moved apart. */
function drawEnds(plot: uPlot, series: readonly ChartSeries[], font: string, ground: string): void {
  const ratio = devicePixelRatio
  const context = plot.ctx
  context.save()
  context.font = `600 ${12 * ratio}px ${font}`
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.lineJoin = 'round'
  context.lineWidth = 4 * ratio
  context.strokeStyle = ground
  const { left, top, width, height } = plot.bbox
  const ends = series.flatMap((one, index) => {
    const end = lastPoint(one.points)
    const color = strokeOf(plot, index)
    if (end === null || color === null) return []
    const text = shortNumber(end.y)
    const [x, y] = [plot.valToPos(end.x, 'x', true), plot.valToPos(end.y, 'y', true)]
    // Zoomed in elsewhere: the end is out of view.
    if (x < left - 1 || x > left + width + 1) return []
    return [
      { live: one.live, color, text, end: { x, y }, x: x + 12 * ratio, y, width: context.measureText(text).width },
    ]
  })
  const ys = spread(ends, top + 6 * ratio, top + height - 8 * ratio, 14 * ratio)
  ends.forEach(({ live, color, text, end, x, width: wide }, index) => {
    const y = ys[index]
    context.fillStyle = color
    if (live) drawHalo(context, end.x, end.y, ratio)
    if (y === null || y === undefined) return
    const from = Math.min(x, context.canvas.width - wide - 2 * ratio)
    context.strokeText(text, from, y)
    context.fillText(text, from, y)
  })
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
