/** The type tree of a project, and which type flows through which port. */
import type { Artifact, Interface, Node, TypeInfo, Wire } from '@/api/types'

/** The root of all data types: an input of this type takes anything. */
export const ROOT = 'Data'

export class TypeTree {
  #bases: ReadonlyMap<string, string>

  constructor(types: readonly TypeInfo[]) {
    this.#bases = new Map(types.map((type) => [type.name, type.base]))
  }

  /** Whether a value of type `type` may go where `wanted` is asked for: the same type, or one that derives from it. */
  isA(type: string, wanted: string): boolean {
    if (wanted === ROOT || wanted === '') return true
    const seen = new Set<string>()
    for (let at = type; at !== '' && !seen.has(at); at = this.#bases.get(at) ?? '') {
      if (at === wanted) return true
      seen.add(at)
    }
    return false
  }
}

export interface Flow {
  readonly nodes: ReadonlyMap<string, Node>
  readonly wires: readonly Wire[]
  readonly interfaces: Readonly<Record<string, Interface>>
  readonly artifacts: ReadonlyMap<string, Pick<Artifact, 'name' | 'type'>>
}

/** The type that leaves an output; null when nobody knows yet (an Input without artifact, an operation not yet read). */
export function outputType(
  flow: Flow,
  node: string,
  output: string,
  seen: ReadonlySet<string> = new Set(),
): string | null {
  const target = flow.nodes.get(node)?.target
  if (target === undefined || seen.has(node)) return null
  if (target.kind === 'input')
    return target.artifact === null ? null : (flow.artifacts.get(target.artifact)?.type ?? null)
  if (target.kind !== 'operation') return null
  const signature = flow.interfaces[target.operation]
  const port = signature?.outputs.find((it) => it.name === output)
  if (signature === undefined || port === undefined) return null
  // A type variable passes through what comes in at the input with the same variable.
  const through = port.variable === '' ? undefined : signature.inputs.find((it) => it.variable === port.variable)
  const wire = through && flow.wires.find((it) => it.target === node && it.input === through.name)
  const came = wire === undefined ? null : outputType(flow, wire.source, wire.output, new Set([...seen, node]))
  return came ?? port.type
}

/** The type that an input asks for; null when nobody knows. An Output node takes anything. */
export function inputType(flow: Flow, node: string, input: string): string | null {
  const target = flow.nodes.get(node)?.target
  if (target?.kind === 'output') return ROOT
  if (target?.kind !== 'operation') return null
  return flow.interfaces[target.operation]?.inputs.find((it) => it.name === input)?.type ?? null
}

/** I-063: types fit when the output's is the input's or derives from it; what is unknown may fit. */
export function typesFit(tree: TypeTree, output: string | null, input: string | null): boolean {
  return output === null || input === null || tree.isA(output, input)
}

/** S-041: the artifacts whose type every port accepts that the Input node is wired to. */
export function fittingArtifacts<A extends Pick<Artifact, 'type'>>(
  flow: Flow,
  tree: TypeTree,
  node: string,
  artifacts: readonly A[],
): A[] {
  const wanted = wantedTypes(flow, node)
  return artifacts.filter(({ type }) => wanted.every((input) => tree.isA(type, input)))
}

/** The types that the ports ask for which a node's outputs are wired to, each once. */
export function wantedTypes(flow: Flow, node: string): string[] {
  const types = flow.wires
    .filter((wire) => wire.source === node)
    .map((wire) => inputType(flow, wire.target, wire.input))
  return [...new Set(types.filter((type) => type !== null && type !== ROOT))].filter((type) => type !== null)
}
