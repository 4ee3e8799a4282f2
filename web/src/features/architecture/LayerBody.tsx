/** What is inside a layer's shape: its class at rest; opened, every attribute with its expression. */
import { Box } from 'lucide-react'
import type { Layer } from '@/api/types'
import { attributesOf, colorOf, type LayerInfo } from './view'

export function LayerBody({ layer, info, opened }: { layer: Layer; info: LayerInfo; opened: boolean }) {
  const background = colorOf(info.category)
  const block = layer.target.kind === 'architecture'
  if (!opened) {
    return (
      <div className="layer" data-block={block || undefined} style={{ background }} title={layer.name ?? ''}>
        {block && <Box size={15} strokeWidth={1.75} aria-hidden />}
        <span>{info.title}</span>
      </div>
    )
  }
  const attributes = attributesOf(layer, info.entry)
  const half = Math.ceil(attributes.length / 2)
  return (
    <section className="layer-opened nopan" aria-label={info.title}>
      <header style={{ background }} title={info.entry?.doc}>
        <b>{info.title}</b>
        {layer.name !== null && <span>{layer.name}</span>}
        <em>{info.category}</em>
      </header>
      {attributes.length === 0 ? (
        <p>Nothing to set.</p>
      ) : (
        <div className="layer-attributes">
          {[attributes.slice(0, half), attributes.slice(half)].map((column) => (
            <dl key={column[0]?.name ?? 'none'}>
              {column.map(({ name, value, changed, doc }) => (
                <div key={name} title={doc} data-changed={changed || undefined}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          ))}
        </div>
      )}
    </section>
  )
}
