/** The drawing of one architecture: its layers downwards; a selected layer shows what it is set to. */
import { type ReactNode, useCallback, useMemo } from 'react'
import { useCatalogue } from '@/api/queries'
import type { Layer } from '@/api/types'
import type { ArchitectureGraph } from '@/document/records'
import { GraphCanvas } from '@/graph/GraphCanvas'
import { WITHOUT_PORTS } from '@/graph/layout/types'
import type { GraphNode } from '@/graph/model'
import { formatCount } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { useDocument } from '@/ui/project'
import { goTo, setSelection, useCrumb, useProjectRoute } from '@/ui/route'
import { LayerBody } from './LayerBody'
import { architectureView, byName, CATEGORIES, colorOf, layerInfo } from './view'

export function ArchitectureScreen({ graph: drawn }: { graph: ArchitectureGraph }) {
  const route = useProjectRoute()
  const { records } = useDocument()
  const catalogue = useCatalogue()
  useCrumb(drawn.architecture.name, [{ label: 'Architectures', path: screenPath(route, 'architectures') }])
  const entries = useMemo(() => byName(catalogue.data), [catalogue.data])
  const info = useCallback((layer: Layer) => layerInfo(layer, records, entries), [records, entries])
  const layers = useMemo(() => new Map(drawn.layers.map((layer) => [layer.id, layer])), [drawn])
  const ids = useMemo(() => new Set([...layers.keys(), ...drawn.links.map((link) => link.id)]), [layers, drawn])
  const selection = useMemo(() => route.selection.filter((id) => ids.has(id)), [route.selection, ids])
  const opened = selection.length === 1 ? (selection[0] ?? null) : null
  const graph = useMemo(() => architectureView(drawn, info, opened), [drawn, info, opened])
  const renderNode = useCallback(
    ({ id }: GraphNode): ReactNode => {
      const layer = layers.get(id)
      return layer === undefined ? null : <LayerBody layer={layer} info={info(layer)} opened={opened === id} />
    },
    [layers, info, opened],
  )
  const open = useCallback(
    (id: string) => {
      const target = layers.get(id)?.target
      if (target?.kind === 'architecture') goTo('architecture', target.architecture)
    },
    [layers],
  )
  return (
    <div className="architecture">
      <GraphCanvas
        label={`Architecture ${drawn.architecture.name}`}
        graph={graph}
        spacing={WITHOUT_PORTS}
        selection={selection}
        onSelect={setSelection}
        renderNode={renderNode}
        onOpen={open}
        minimap={false}
      >
        <div className="architecture-head">
          <h1>{drawn.architecture.name}</h1>
          <p>
            {formatCount(drawn.layers.length, 'layer')}
            {catalogue.isError &&
              '. The framework’s list of layers could not be fetched, so colours and defaults are missing.'}
          </p>
          <Parameters parameters={drawn.architecture.parameters} />
        </div>
        <Legend />
        {drawn.layers.length === 0 && <p className="architecture-empty">This architecture has no layers yet.</p>}
      </GraphCanvas>
    </div>
  )
}

function Parameters({ parameters }: { parameters: Readonly<Record<string, string>> }) {
  const entries = Object.entries(parameters)
  if (entries.length === 0) return null
  return (
    <dl className="architecture-parameters card">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Legend() {
  return (
    <ul className="architecture-legend card" aria-label="Categories of layers">
      {CATEGORIES.map((category) => (
        <li key={category}>
          <i style={{ background: colorOf(category) }} />
          {category}
        </li>
      ))}
    </ul>
  )
}
