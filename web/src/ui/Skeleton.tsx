import type { CSSProperties } from 'react'

/** One grey block of what comes. */
export function Bone({
  width,
  height,
  radius = 4,
  style,
}: {
  width: number | string
  height: number
  radius?: number
  style?: CSSProperties
}) {
  return <div className="skeleton" style={{ width, height, borderRadius: radius, ...style }} />
}

/** The shape of what comes, while it is fetched: no spinner. */
export function Skeleton({ shape }: { shape: 'table' | 'panes' | 'cards' | 'graph' }) {
  return (
    <div className={`skeletons skeletons-${shape}`} role="status" aria-label="Loading">
      {shape === 'table' && <TableBones />}
      {shape === 'panes' && <PaneBones />}
      {shape === 'cards' && <CardBones />}
      {shape === 'graph' && <GraphBones />}
    </div>
  )
}

const SIX = [1, 2, 3, 4, 5, 6]

function TableBones() {
  return (
    <>
      <Bone width={180} height={28} style={{ marginBottom: 20 }} />
      <div className="card" style={{ padding: '8px 20px' }}>
        {SIX.map((row) => (
          <div key={row} className="row" style={{ height: 40, gap: 24 }}>
            <Bone width={160 + ((row * 37) % 60)} height={12} />
            <Bone width={90} height={12} />
            <span className="spacer" />
            <Bone width={76} height={20} radius={10} />
          </div>
        ))}
      </div>
    </>
  )
}

function PaneBones() {
  return (
    <>
      <Bone width={240} height={28} style={{ marginBottom: 20 }} />
      <div className="row" style={{ marginBottom: 16 }}>
        {[72, 64, 88, 56].map((width) => (
          <Bone key={width} width={width} height={20} />
        ))}
      </div>
      <Bone width="100%" height={420} radius={10} />
    </>
  )
}

function CardBones() {
  return (
    <div className="skeletons-grid">
      {SIX.map((card) => (
        <div key={card} className="card" style={{ height: 312, overflow: 'hidden' }}>
          <div style={{ display: 'grid', gap: 14, placeItems: 'center', alignContent: 'center', height: 190 }}>
            <Bone width={62} height={14} />
            <Bone width={84} height={14} />
            <div className="row" style={{ gap: 14 }}>
              <Bone width={46} height={14} />
              <Bone width={46} height={14} />
            </div>
          </div>
          <div style={{ display: 'grid', gap: 12, padding: 16, borderTop: '1px solid var(--border)' }}>
            <Bone width="60%" height={14} />
            <Bone width={90} height={20} radius={10} />
          </div>
        </div>
      ))}
    </div>
  )
}

function GraphBones() {
  return (
    <div style={{ display: 'grid', gap: 48, placeItems: 'center', paddingTop: 60 }}>
      {[144, 144, 320, 144].map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed picture.
        <Bone key={index} width={width} height={index === 2 ? 160 : 40} radius={6} />
      ))}
    </div>
  )
}
