/** A line graph that grows while its job runs: legend on top, crosshair with every line's value, last values at the ends. */
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './chart.css'
import { align, type ChartSeries, type Labels, options, shortNumber } from './plot'
import { Swatch } from './Swatch'
import { useThemeName } from './theme'

interface Props {
  readonly title: string
  readonly series: readonly ChartSeries[]
  readonly labels: Labels
  readonly log?: boolean
  /** No more points will come. */
  readonly ended?: boolean
}

interface Crosshair {
  readonly left: number
  readonly x: number
  readonly values: readonly (number | null)[]
}

export function LineChart({ title, series, labels, log = false, ended = false }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const newest = useRef(series)
  newest.current = series
  const [crosshair, setCrosshair] = useState<Crosshair | null>(null)
  const theme = useThemeName()
  // What a new plot is needed for; new points alone are set on the one that is there.
  const shape = JSON.stringify([
    theme,
    log,
    labels,
    series.map((one) => [one.name, one.live, one.points.xs.length > 1]),
  ])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for all of them
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const made = options(element, newest.current, labels, log, () => newest.current)
    made.hooks = { ...made.hooks, setCursor: [(self) => setCrosshair(readCrosshair(self))] }
    plot.current = new uPlot(made, align(newest.current), element)
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: element.clientHeight }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => plot.current?.setData(align(series)), [series])

  const empty = series.every((one) => one.points.xs.length === 0)
  return (
    <figure className="chart" aria-label={summary(title, series)}>
      <Legend series={series} />
      <div className="chart-plot" ref={host} />
      {empty && (
        <p className="chart-empty">
          {ended ? 'No points were added.' : 'No points yet. They show here as soon as the operation adds one.'}
        </p>
      )}
      {crosshair !== null && !empty && <CrosshairCard crosshair={crosshair} series={series} label={labels.x || 'x'} />}
    </figure>
  )
}

function Legend({ series }: { readonly series: readonly ChartSeries[] }) {
  return (
    <figcaption className="chart-legend">
      {series.map((one, index) => (
        <span key={one.key}>
          <Swatch index={index} />
          {one.name}
        </span>
      ))}
    </figcaption>
  )
}

interface CardProps {
  readonly crosshair: Crosshair
  readonly series: readonly ChartSeries[]
  readonly label: string
}

function CrosshairCard({ crosshair, series, label }: CardProps) {
  return (
    <div className="chart-tip" style={{ left: crosshair.left }} role="status">
      <b>
        {label} {shortNumber(crosshair.x)}
      </b>
      {series.map((one, index) => (
        <span key={one.key}>
          <Swatch index={index} />
          {one.name}
          <em>{valueText(crosshair.values[index])}</em>
        </span>
      ))}
    </div>
  )
}

function valueText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : shortNumber(value)
}

/** The values under the cursor: each line's own, or where it has none at this x the newest before. */
function readCrosshair(plot: uPlot): Crosshair | null {
  const { idx, left } = plot.cursor
  if (idx === null || idx === undefined || left === undefined || left < 0) return null
  const x = plot.data[0][idx]
  if (x === undefined) return null
  const values = plot.data.slice(1).map((column) => {
    let at = idx
    while (at > 0 && column[at] === undefined) at--
    return column[at] ?? null
  })
  const edge = plot.bbox.left / devicePixelRatio
  return { left: Math.min(edge + left + 12, plot.width - 180), x, values }
}

function summary(title: string, series: readonly ChartSeries[]): string {
  const parts = series.map((one) => {
    const last = one.points.ys.at(-1)
    return last === undefined ? `${one.name}: no points` : `${one.name}: ${shortNumber(last)}`
  })
  return `Graph ${title}. ${parts.join(', ')}`
}
