/** An architecture as the node editor draws it: layers as stadiums in the colour of their category. */
import type { Catalogue, CatalogueEntry, Layer } from '@/api/types'
import { type ArchitectureGraph, type Records, recordOf } from '@/document/records'
import { type Graph, type GraphNode, type GraphPort, portPlaces } from '@/graph/model'

export const CATEGORIES = ['Simple', 'Transfer', 'Convolution', 'Container', 'Misc', 'Recurrent'] as const
export type Category = (typeof CATEGORIES)[number]

/** What is known of a layer's class: its name, its category, and its parameters where it belongs to the framework. */
export interface LayerInfo {
  readonly title: string
  /** Null while the framework has not been described yet. */
  readonly category: Category | null
  readonly entry: CatalogueEntry | null
}

/** The framework's layers by name; null until they have been fetched. */
export type Layers = ReadonlyMap<string, CatalogueEntry> | null

export function layerInfo(layer: Layer, records: Records, catalogue: Layers): LayerInfo {
  const { target } = layer
  switch (target.kind) {
    case 'class': {
      const entry = catalogue?.get(target.name) ?? null
      return { title: target.name, category: catalogue && categoryOf(entry?.category), entry }
    }
    case 'layer':
      return {
        title: recordOf(records, 'layer_definition', target.layer)?.name ?? 'missing layer',
        category: 'Misc',
        entry: null,
      }
    case 'architecture':
      return {
        title: recordOf(records, 'architecture', target.architecture)?.name ?? 'missing architecture',
        category: 'Container',
        entry: null,
      }
  }
}

export function byName(catalogue: Catalogue | undefined): Layers {
  return catalogue === undefined ? null : new Map(catalogue.layers.map((entry) => [entry.name, entry]))
}

function categoryOf(name: string | undefined): Category {
  return CATEGORIES.find((category) => category === name) ?? 'Misc'
}

export function colorOf(category: Category | null): string {
  return category === null ? 'var(--port-output)' : `var(--layer-${category.toLowerCase()})`
}

/** One attribute as it is shown: its expression, or the default that holds. */
export interface ShownAttribute {
  readonly name: string
  readonly value: string
  readonly changed: boolean
  readonly doc: string
}

/** The layer's own values first where the class is not known; else all parameters in their order. */
export function attributesOf(layer: Layer, entry: CatalogueEntry | null): ShownAttribute[] {
  const known = new Set(entry?.parameters.map((parameter) => parameter.name))
  const own = Object.entries(layer.attributes)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => ({ name, value, changed: true, doc: '' }))
  const listed = (entry?.parameters ?? []).map(({ name, default: standard, required, doc, annotation }) => ({
    name,
    value: layer.attributes[name] ?? (required ? '' : standard),
    changed: name in layer.attributes,
    doc: [annotation, doc].filter((part) => part !== '').join('\n'),
  }))
  return [...listed, ...own]
}

const HEIGHT = 34
const WIDTH = 436
export const ATTRIBUTE_ROW = 26

export function architectureView(
  { layers, links }: Pick<ArchitectureGraph, 'layers' | 'links'>,
  info: (layer: Layer) => LayerInfo,
  opened: string | null,
): Graph {
  const nodes = layers.map((layer): GraphNode => {
    const { title, category, entry } = info(layer)
    const count = attributesOf(layer, entry).length
    const grown = opened === layer.id
    const width = grown ? WIDTH : Math.max(110, Math.ceil(title.length * 0.8) * 10 + 40)
    const height = grown ? 36 + Math.max(1, Math.ceil(count / 2)) * ATTRIBUTE_ROW + 20 : HEIGHT
    return {
      id: layer.id,
      title,
      shape: grown ? 'rectangle' : 'stadium',
      width,
      height,
      inputs: ports(
        Math.max(1, ...links.filter((link) => link.target === layer.id).map((link) => link.input + 1)),
        width,
      ),
      outputs: ports(
        Math.max(1, ...links.filter((link) => link.source === layer.id).map((link) => link.output + 1)),
        width,
      ),
      glow: null,
      color: colorOf(category),
    }
  })
  return {
    nodes,
    wires: links.map(({ id, source, target, output, input }) => ({
      id,
      source,
      output: String(output),
      target,
      input: String(input),
      broken: false,
      title: '',
    })),
  }
}

/** Inputs and outputs of layers are numbered; they are drawn as the ends of wires only. */
function ports(count: number, width: number): GraphPort[] {
  return portPlaces(count, width).map((x, index) => ({
    name: String(index),
    type: '',
    doc: '',
    wired: true,
    missing: false,
    x,
  }))
}
