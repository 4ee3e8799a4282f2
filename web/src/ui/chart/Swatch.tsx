import { CORNERS, dashOf, markerOf, RADIUS, seriesToken } from './markers'

/** A line as it is drawn: its colour with its marker or its dashes. */
export function Swatch({ index }: { readonly index: number }) {
  const marker = markerOf(index)
  const color = `var(${seriesToken(index)})`
  return (
    <svg className="chart-swatch" width="18" height="12" viewBox="-9 -6 18 12" aria-hidden="true">
      <path d="M-9 0H9" style={{ stroke: color }} strokeWidth="2" strokeDasharray={dashOf(index).join(' ')} />
      {marker === 'circle' && <circle r={RADIUS} style={{ fill: color }} />}
      {marker !== null && marker !== 'circle' && <polygon points={CORNERS[marker].join(' ')} style={{ fill: color }} />}
    </svg>
  )
}
