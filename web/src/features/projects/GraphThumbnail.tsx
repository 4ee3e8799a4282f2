import { useMemo } from 'react'
import type { Thumbnail as Drawn } from '@/api/types'
import { Thumbnail } from '@/graph/Thumbnail'
import { operationColor } from '@/ui/colors'

/** A seed's graph, as the server describes it. */
export function GraphThumbnail({ thumbnail, width, height }: { thumbnail: Drawn; width: number; height: number }) {
  const nodes = useMemo(
    () =>
      thumbnail.nodes.map(({ name, color }, index) => ({
        id: String(index),
        color: operationColor(color),
        length: name.length,
      })),
    [thumbnail],
  )
  const wires = useMemo(
    () => thumbnail.wires.map(([source, target]) => ({ source: String(source), target: String(target) })),
    [thumbnail],
  )
  return <Thumbnail nodes={nodes} wires={wires} width={width} height={height} />
}
