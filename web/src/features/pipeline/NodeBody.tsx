/** What is inside a node: its name at rest; opened, everything that can be set (S-042). */
import { LogIn, LogOut } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Mark, Node } from '@/api/types'
import { formatBytes, formatWhen } from '@/lib/format'
import { useArtifact, useArtifacts, useCommands, useInterface, useRecord } from '@/ui/project'
import { goTo } from '@/ui/route'
import { AttributeRow } from './AttributeRow'
import { type Option, Picker } from './Picker'
import { ReferenceRow } from './ReferenceRow'
import { attributesWidth, REFERENCES_WIDTH, valuesWidth } from './sizes'
import { type Flow, fittingArtifacts, type TypeTree, wantedTypes } from './types'
import { effectiveValue } from './values'

export interface NodeBodyProps {
  readonly node: Node
  readonly label: string
  readonly color: string
  readonly opened: boolean
  readonly marks: readonly Mark[]
  readonly flow: Flow
  readonly tree: TypeTree
  /** The name is being typed. */
  readonly renaming: boolean
  readonly onRename: (name: string | null) => void
}

export function NodeBody(props: NodeBodyProps) {
  const { node, label, color, opened, renaming, onRename } = props
  const operation = useRecord('operation', node.target.kind === 'operation' ? node.target.operation : null)?.name ?? ''
  if (renaming && !opened) {
    return (
      <div className="pipeline-node" style={{ background: color }}>
        <NameInput name={label} onDone={onRename} />
      </div>
    )
  }
  if (!opened) {
    return (
      <div className="pipeline-node" style={{ background: color }}>
        <KindIcon node={node} />
        <span>{label}</span>
      </div>
    )
  }
  return (
    <section className="pipeline-opened nopan" aria-label={label}>
      <header style={{ background: color }}>
        <KindIcon node={node} />
        {renaming ? <NameInput name={label} onDone={onRename} /> : <b title={label}>{label}</b>}
        <span>{kindOf(node, label, operation)}</span>
      </header>
      <Inside {...props} />
    </section>
  )
}

/** What a node is, beside its name: of what operation, if it has a name of its own. */
function kindOf({ target }: Node, label: string, operation: string): string {
  if (target.kind === 'operation') return operation === label ? 'operation' : `operation ${operation}`
  return label.toLowerCase() === target.kind ? '' : target.kind
}

function Inside(props: NodeBodyProps) {
  const { target } = props.node
  switch (target.kind) {
    case 'operation':
      return <OperationInside node={props.node} operation={target.operation} marks={props.marks} />
    case 'input':
      return <InputInside {...props} artifact={target.artifact} />
    case 'output':
      return <OutputInside node={props.node} name={target.name} />
    case 'pipeline':
      return <p className="pipeline-note">A pipeline inside this one.</p>
  }
}

function KindIcon({ node }: { node: Node }) {
  if (node.target.kind === 'input') return <LogIn size={15} strokeWidth={1.75} aria-hidden />
  if (node.target.kind === 'output') return <LogOut size={15} strokeWidth={1.75} aria-hidden />
  return null
}

function OperationInside({ node, operation, marks }: { node: Node; operation: string; marks: readonly Mark[] }) {
  const signature = useInterface(operation)
  const { setAttribute } = useCommands()
  if (signature === null) return <p className="pipeline-note">Its code has not been read yet.</p>
  const { attributes, references } = signature
  if (attributes.length + references.length === 0) return <p className="pipeline-note">Nothing to set.</p>
  return (
    <div className="pipeline-inside">
      {attributes.length > 0 && (
        <div
          style={{
            flexBasis: attributesWidth(signature, node.attributes),
            '--values-width': `${valuesWidth(signature, node.attributes)}px`,
          }}
        >
          <div className="pipeline-section">Attributes</div>
          {attributes.map((attribute) => (
            <AttributeRow
              key={attribute.name}
              attribute={attribute}
              value={effectiveValue(attribute, node.attributes)}
              changed={Object.hasOwn(node.attributes, attribute.name)}
              problem={marks.find((mark) => mark.where.name === attribute.name)?.message ?? ''}
              onChange={(value) => setAttribute(node.id, attribute.name, value)}
            />
          ))}
        </div>
      )}
      {references.length > 0 && (
        <div style={{ flexBasis: REFERENCES_WIDTH }}>
          <div className="pipeline-section">References</div>
          {references.map((port) => (
            <ReferenceRow key={port.name} node={node} port={port} />
          ))}
        </div>
      )}
    </div>
  )
}

/** S-041: the `artifact` field lists everything that fits all connected ports. */
function InputInside({ node, flow, tree, artifact }: NodeBodyProps & { artifact: string | null }) {
  const artifacts = useArtifacts()
  const chosen = useArtifact(artifact)
  const { setArtifact } = useCommands()
  const fitting = fittingArtifacts(flow, tree, node.id, artifacts)
  const wanted = wantedTypes(flow, node.id)
  const options = fitting.map(
    (it): Option => ({
      id: it.id,
      label: it.name,
      hint: `${it.type} · ${formatBytes(it.blob.size)} · ${formatWhen(it.created)}`,
      doc: it.made_by,
    }),
  )
  const choose = (id: string): void => {
    const found = fitting.find((it) => it.id === id)
    if (found !== undefined) setArtifact(node.id, { id, name: found.name })
  }
  return (
    <div className="pipeline-single">
      <div className="pipeline-reference">
        <span>artifact</span>
        <Picker
          label="artifact"
          value={artifact}
          shown={artifact === null ? 'choose an artifact' : (chosen?.name ?? 'missing artifact')}
          missing={artifact !== null && chosen === null}
          options={options}
          onChoose={choose}
          onClear={artifact === null ? undefined : () => setArtifact(node.id, null)}
          empty={
            <>
              {wanted.length === 0
                ? 'This project has no artifacts yet. '
                : `No artifact fits ${wanted.join(' and ')}. `}
              Run a pipeline that saves one, or{' '}
              <button type="button" className="pipeline-link" onClick={() => goTo('artifacts')}>
                upload one
              </button>
              .
            </>
          }
        />
      </div>
      <small>
        {chosen === null
          ? wanted.length === 0
            ? 'Any type fits.'
            : `Takes ${wanted.join(' and ')}.`
          : `${chosen.type}, ${formatBytes(chosen.blob.size)}, ${chosen.made_by || formatWhen(chosen.created)}`}
      </small>
    </div>
  )
}

/** S-043: the name under which the result is saved. */
function OutputInside({ node, name }: { node: Node; name: string }) {
  const { setOutputName } = useCommands()
  const [draft, setDraft] = useState<string | null>(null)
  const text = (draft ?? name).trim()
  const refused = text === '' ? 'A name is needed.' : text.length > 200 ? 'At most 200 characters are allowed.' : ''
  const canceled = useRef(false)
  const commit = (): void => {
    if (canceled.current) return
    if (refused === '' && text !== name) setOutputName(node.id, text)
    setDraft(null)
  }
  return (
    <div className="pipeline-single">
      <div className="pipeline-attribute" data-changed>
        <label htmlFor="output-name">name</label>
        <span className="pipeline-field pipeline-wide">
          <input
            id="output-name"
            className="pipeline-value nodrag"
            value={draft ?? name}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={refused !== ''}
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => setDraft(event.currentTarget.value)}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                canceled.current = true
                setDraft(null)
                event.currentTarget.blur()
                canceled.current = false
              } else if (event.key === 'Enter') {
                if (refused === '') event.currentTarget.blur()
                else event.preventDefault()
              }
            }}
          />
          {refused !== '' && <span className="pipeline-refused">{refused}</span>}
        </span>
      </div>
      <small>Saved as an artifact of this name when the pipeline runs.</small>
    </div>
  )
}

/** The name of a node, typed in its place. Enter keeps it, Esc does not. */
function NameInput({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const [text, setText] = useState(name)
  return (
    <input
      className="pipeline-rename nodrag nopan"
      aria-label="Name"
      value={text}
      // biome-ignore lint/a11y/noAutofocus: the person asked to type here.
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => onDone(text.trim() === '' || text.trim() === name ? null : text.trim())}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') onDone(null)
      }}
    />
  )
}
