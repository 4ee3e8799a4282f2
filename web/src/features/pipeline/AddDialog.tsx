/** The add dialog (I-064): all operations drawn as their node shapes, with search; from a wire only those that fit it. */
import { Modal } from '@mantine/core'
import { LogIn, LogOut, Search, X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { Interface, NodeTarget, Operation } from '@/api/types'
import { type PortRef, portPlaces } from '@/graph/model'
import { fuzzy } from './search'
import { type Flow, inputType, outputType, type TypeTree, typesFit } from './types'
import { DATA, type Ports } from './view'

export interface Choice {
  readonly id: string
  readonly name: string
  readonly doc: string
  readonly color: string
  readonly icon: ReactNode
  readonly ports: Ports
  readonly target: NodeTarget
}

export interface AddDialogProps {
  readonly from: PortRef | null
  readonly operations: readonly Operation[]
  readonly interfaces: Readonly<Record<string, Interface>>
  readonly flow: Flow
  readonly tree: TypeTree
  readonly onClose: () => void
  /** The chosen node, and the port of it that the wire from `from` goes to. */
  readonly onChoose: (target: NodeTarget, port: string | null) => void
}

export function AddDialog(props: AddDialogProps) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      size={720}
      withCloseButton={false}
      padding={0}
      radius={14}
      yOffset="12vh"
      zIndex="var(--z-scrim)"
      overlayProps={{ backgroundOpacity: 1, color: 'var(--scrim)' }}
      transitionProps={{ transition: 'pop', duration: 140 }}
      classNames={{ content: 'dialog', overlay: 'dialog-scrim' }}
      attributes={{ content: { 'aria-label': 'Add a node' } }}
    >
      <Inside {...props} />
    </Modal>
  )
}

const COLUMNS = 3

function Inside({ from, operations, interfaces, flow, tree, onClose, onChoose }: AddDialogProps) {
  const [query, setQuery] = useState('')
  const [wire, setWire] = useState(from)
  const [at, setAt] = useState(0)
  const all = useMemo(() => choices(operations, interfaces), [operations, interfaces])
  const fitting = wire === null ? all : all.filter((choice) => fittingPort(choice, wire, flow, tree) !== null)
  const matches = ranked(fitting, query)
  const rest =
    query.trim() === '' ? fitting : fitting.filter((choice) => !matches.some((match) => match.choice === choice))
  const shown = query.trim() === '' ? rest : [...matches.map(({ choice }) => choice), ...rest]
  const current = shown[Math.min(at, shown.length - 1)]
  const choose = (choice: Choice | undefined): void => {
    if (choice !== undefined) onChoose(choice.target, wire === null ? null : fittingPort(choice, wire, flow, tree))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
    if (step !== undefined) setAt(Math.max(0, Math.min(shown.length - 1, at + step)))
    else if (event.key === 'Enter') choose(current)
    else return
    event.preventDefault()
  }
  const cells = (list: readonly Choice[], marked: ReadonlyMap<Choice, readonly number[]>) =>
    list.map((choice) => (
      <Cell
        key={choice.id}
        choice={choice}
        letters={marked.get(choice) ?? []}
        on={choice === current}
        onPoint={() => setAt(shown.indexOf(choice))}
        onChoose={() => choose(choice)}
      />
    ))
  const letters = new Map(matches.map(({ choice, at: places }) => [choice, places]))
  const type = wire === null ? null : typeOf(wire, flow)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the search field and of the list are the same.
    <div className="add" onKeyDown={onKeyDown} role="presentation">
      <div className="add-search">
        <Search size={18} strokeWidth={1.75} aria-hidden />
        <input
          value={query}
          placeholder="Search operations"
          aria-label="Search operations"
          data-autofocus
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setQuery(event.currentTarget.value)
            setAt(0)
          }}
        />
        {wire !== null && (
          <span className="add-fits">
            fits
            <button type="button" onClick={() => setWire(null)} aria-label={`Fits ${type ?? 'the wire'}; show all`}>
              {type ?? wire.name}
              <X size={11} strokeWidth={2.5} aria-hidden />
            </button>
          </span>
        )}
        <button type="button" className="add-esc" onClick={onClose}>
          Esc
        </button>
      </div>
      <div className="add-list" role="listbox" aria-label="Nodes to add" tabIndex={-1}>
        {matches.length > 0 && query.trim() !== '' && (
          <>
            <div className="pipeline-section">Best matches</div>
            <div className="add-grid">
              {cells(
                matches.map(({ choice }) => choice),
                letters,
              )}
            </div>
          </>
        )}
        {rest.length > 0 && (
          <>
            <div className="pipeline-section">
              {query.trim() === '' ? (wire === null ? 'All operations' : 'Operations that fit') : 'All others'}
            </div>
            <div className="add-grid">{cells(rest, new Map())}</div>
          </>
        )}
        {shown.length === 0 && (
          <p className="add-none">Nothing fits here. Take the type away above to see all operations.</p>
        )}
      </div>
      <Foot choice={current ?? null} />
    </div>
  )
}

function Foot({ choice }: { choice: Choice | null }) {
  return (
    <div className="add-foot">
      {choice !== null && (
        <span>
          <b>{choice.name}</b> <code>{signatureText(choice)}</code>
          <br />
          {choice.doc.split('\n')[0]}
        </span>
      )}
      <i>
        <kbd>←</kbd>
        <kbd>→</kbd>choose
      </i>
      <i>
        <kbd>↵</kbd>insert
      </i>
    </div>
  )
}

interface CellProps {
  readonly choice: Choice
  readonly letters: readonly number[]
  readonly on: boolean
  readonly onPoint: () => void
  readonly onChoose: () => void
}

const WIDTH = 152

function Cell({ choice, letters, on, onPoint, onChoose }: CellProps) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (on) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [on])
  const ports = (side: 'inputs' | 'outputs') =>
    portPlaces(choice.ports[side].length, WIDTH).map((x, index) => (
      <span key={choice.ports[side][index]?.name} className="add-port" data-side={side} style={{ left: x - 10 }}>
        {choice.ports[side][index]?.name.slice(0, 1)}
      </span>
    ))
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the dialog.
    // biome-ignore lint/a11y/useFocusableInteractive: the search field keeps the focus.
    <div
      ref={ref}
      className="add-cell"
      role="option"
      aria-selected={on}
      aria-label={choice.name}
      title={signatureText(choice)}
      onPointerMove={() => !on && onPoint()}
      onClick={onChoose}
    >
      <div className="add-node" style={{ background: choice.color }}>
        {choice.icon}
        <span>{underlined(choice.name, letters)}</span>
        {ports('inputs')}
        {ports('outputs')}
      </div>
    </div>
  )
}

function underlined(name: string, letters: readonly number[]): ReactNode {
  if (letters.length === 0) return name
  // biome-ignore lint/suspicious/noArrayIndexKey: letters have no other identity than their place.
  return [...name].map((letter, index) => (letters.includes(index) ? <u key={index}>{letter}</u> : letter))
}

function choices(operations: readonly Operation[], interfaces: Readonly<Record<string, Interface>>): Choice[] {
  const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const
  return [
    {
      id: 'input',
      name: 'Input',
      doc: 'Brings an artifact in.',
      color: 'var(--op-io)',
      icon: <LogIn {...icon} />,
      ports: { inputs: [], outputs: [DATA] },
      target: { kind: 'input', artifact: null },
    },
    {
      id: 'output',
      name: 'Output',
      doc: 'Saves what arrives as an artifact.',
      color: 'var(--op-io)',
      icon: <LogOut {...icon} />,
      ports: { inputs: [DATA], outputs: [] },
      target: { kind: 'output', name: 'myData' },
    },
    ...operations.map(
      ({ id, name, color }): Choice => ({
        id,
        name,
        doc: interfaces[id]?.doc ?? '',
        color: `var(--op-${color}, var(--op-slate))`,
        icon: null,
        ports: interfaces[id] ?? { inputs: [], outputs: [] },
        target: { kind: 'operation', operation: id },
      }),
    ),
  ]
}

function ranked(list: readonly Choice[], query: string): { choice: Choice; at: readonly number[] }[] {
  if (query.trim() === '') return []
  return list
    .flatMap((choice) => {
      const match = fuzzy(query, choice.name)
      return match === null ? [] : [{ choice, ...match }]
    })
    .sort((one, other) => other.score - one.score)
}

/** The first port of a choice that a wire from `from` may go to. */
function fittingPort(choice: Choice, from: PortRef, flow: Flow, tree: TypeTree): string | null {
  const type = typeOf(from, flow)
  const ports = from.side === 'output' ? choice.ports.inputs : choice.ports.outputs
  const unknown = choice.target.kind === 'input'
  const fits = (port: { type: string }) =>
    from.side === 'output' ? typesFit(tree, type, port.type) : typesFit(tree, unknown ? null : port.type, type)
  return ports.find(fits)?.name ?? null
}

function typeOf(port: PortRef, flow: Flow): string | null {
  return port.side === 'output' ? outputType(flow, port.node, port.name) : inputType(flow, port.node, port.name)
}

/** `(data: Dataset) → Model` */
function signatureText({ ports }: Choice): string {
  const inputs = ports.inputs.map((port) => `${port.name}: ${port.type}`).join(', ')
  const outputs = ports.outputs.map((port) => port.type).join(', ')
  return `(${inputs})${outputs === '' ? '' : ` → ${outputs}`}`
}
