/** One reference of an opened node: a light blue stadium with all possible targets behind it (I-066). */
import { useState } from 'react'
import { useCatalogue } from '@/api/queries'
import type { CatalogueEntry, Node, Reference, ReferencePort } from '@/api/types'
import { referenceLabel } from '@/document/commands/pipeline'
import { type Records, recordOf } from '@/document/records'
import { useCommands, useDocument, useRecords } from '@/ui/project'
import { goTo } from '@/ui/route'
import { type Option, Picker } from './Picker'

export function ReferenceRow({ node, port }: { node: Node; port: ReferencePort }) {
  const { records } = useDocument()
  const { setReference } = useCommands()
  const reference = node.references[port.name] ?? null
  const common = {
    label: `${port.name} (${port.resource})`,
    shown: reference === null ? 'choose' : referenceLabel(records, reference),
    onClear: reference === null ? undefined : () => setReference(node.id, port.name, null),
    missing: isMissing(records, reference),
  }
  return (
    <div className="pipeline-reference">
      <span title={[port.doc, port.resource].filter((part) => part !== '').join('\n')}>{port.name}</span>
      {port.resource === 'Architecture' ? (
        <ArchitecturePicker
          common={common}
          reference={reference}
          choose={(it) => setReference(node.id, port.name, it)}
        />
      ) : (
        <ResourcePicker
          common={common}
          port={port}
          reference={reference}
          choose={(it) => setReference(node.id, port.name, it)}
        />
      )}
    </div>
  )
}

interface PickedProps {
  readonly common: { label: string; shown: string; onClear: (() => void) | undefined; missing: boolean }
  readonly reference: Reference | null
  readonly choose: (reference: Reference) => void
}

function ArchitecturePicker({ common, reference, choose }: PickedProps) {
  const architectures = useRecords('architecture')
  const options = architectures.map(({ id, name }): Option => ({ id, label: name, hint: 'architecture', doc: '' }))
  const chosen = reference?.kind === 'record' ? reference.record : null
  return (
    <Picker
      {...common}
      value={chosen}
      options={options}
      onChoose={(record) => choose({ kind: 'record', record })}
      empty="This project has no architecture yet."
      below={
        chosen === null || common.missing ? undefined : (
          <button type="button" className="pipeline-picker-clear" onClick={() => goTo('architecture', chosen)}>
            Open {common.shown}
          </button>
        )
      }
    />
  )
}

function ResourcePicker({ common, port, reference, choose }: PickedProps & { port: ReferencePort }) {
  const catalogue = useCatalogue()
  const entries = (port.resource === 'Optimizer' ? catalogue.data?.optimizers : catalogue.data?.criterions) ?? []
  const options = entries.map((entry): Option => ({ id: entry.name, label: entry.name, hint: '', doc: entry.doc }))
  const resource = reference?.kind === 'resource' ? reference : null
  const entry = entries.find(({ name }) => name === resource?.class_name)
  return (
    <Picker
      {...common}
      value={resource?.class_name ?? null}
      options={options}
      onChoose={(name) =>
        choose({
          kind: 'resource',
          resource: port.resource,
          class_name: name,
          attributes: name === resource?.class_name ? resource.attributes : {},
        })
      }
      empty={catalogue.isError ? 'The list of the framework could not be fetched.' : 'The list is being fetched.'}
      below={
        resource !== null && entry !== undefined && entry.parameters.length > 0 ? (
          <Parameters
            entry={entry}
            attributes={resource.attributes}
            onChange={(attributes) => choose({ ...resource, attributes })}
          />
        ) : undefined
      }
    />
  )
}

interface ParametersProps {
  readonly entry: CatalogueEntry
  readonly attributes: Readonly<Record<string, string>>
  readonly onChange: (attributes: Record<string, string>) => void
}

/** The chosen class's own parameters, as Python expressions; what is left empty keeps its default. */
function Parameters({ entry, attributes, onChange }: ParametersProps) {
  const set = (name: string, text: string): void => {
    const others = Object.entries(attributes).filter(([key]) => key !== name)
    const expression = text.trim()
    onChange(Object.fromEntries(expression === '' ? others : [...others, [name, expression]]))
  }
  return (
    <div className="pipeline-parameters">
      <div className="pipeline-section">Parameters of {entry.name}</div>
      {entry.parameters.map((parameter) => (
        <Parameter
          key={`${entry.name}.${parameter.name}`}
          parameter={parameter}
          value={attributes[parameter.name] ?? ''}
          set={(text) => set(parameter.name, text)}
        />
      ))}
    </div>
  )
}

interface ParameterProps {
  readonly parameter: CatalogueEntry['parameters'][number]
  readonly value: string
  readonly set: (text: string) => void
}

function Parameter({ parameter, value, set }: ParameterProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const id = `parameter-${parameter.name}`
  const commit = (): void => {
    if (draft !== null && draft.trim() !== value) set(draft)
    setDraft(null)
  }
  return (
    <div className="pipeline-attribute" data-changed={value !== '' || undefined}>
      <label htmlFor={id} title={[parameter.doc, parameter.annotation].filter((part) => part !== '').join('\n')}>
        {parameter.name}
      </label>
      <span className="pipeline-field">
        <input
          id={id}
          className="pipeline-value"
          value={draft ?? value}
          placeholder={parameter.required ? 'required' : parameter.default}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.stopPropagation()
            commit()
          }}
        />
      </span>
    </div>
  )
}

function isMissing(records: Records, reference: Reference | null): boolean {
  return reference?.kind === 'record' && recordOf(records, 'architecture', reference.record) === null
}
