interface Props {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

const HEIGHT = 60

/** How often values lie between two edges, as bars. */
export function Histogram({ edges, counts }: Props) {
  const most = Math.max(1, ...counts)
  const first = edges[0] ?? 0
  const last = edges.at(-1) ?? 0
  return (
    <figure className="preview-histogram">
      <svg viewBox={`0 0 ${counts.length * 10} ${HEIGHT}`} preserveAspectRatio="none" role="img">
        <title>{`Distribution of the values from ${first.toPrecision(3)} to ${last.toPrecision(3)}`}</title>
        {counts.map((count, index) => {
          const height = (count / most) * HEIGHT
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          return <rect key={index} x={index * 10 + 0.5} y={HEIGHT - height} width={9} height={height} />
        })}
      </svg>
      <figcaption>
        <span>{Number(first.toPrecision(3))}</span>
        <span>{Number(last.toPrecision(3))}</span>
      </figcaption>
    </figure>
  )
}
