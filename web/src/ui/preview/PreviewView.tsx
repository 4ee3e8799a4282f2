/** What an artifact or an output holds, as its job saw it. */
import { useMemo } from 'react'
import type { Preview } from '@/api/types'
import { assertNever } from '@/lib/assert'
import { Histogram } from './Histogram'
import { type Mosaic, mosaicOf } from './mosaic'
import './preview.css'

interface Props {
  readonly preview: Preview
}

export function PreviewView({ preview }: Props) {
  switch (preview.kind) {
    case 'text':
      return <TextHead {...preview} />
    case 'tensor':
      return <TensorSummary {...preview} />
    case 'images':
      return <Images {...preview} />
    case 'table':
      return <TableHead {...preview} />
    case 'dataset':
      return <DatasetSummary {...preview} />
    case 'model':
      return <ModelSummary {...preview} />
    default:
      return assertNever(preview)
  }
}

type Of<Kind extends Preview['kind']> = Extract<Preview, { kind: Kind }>

function TextHead({ text, truncated }: Of<'text'>) {
  return (
    <>
      <pre className="preview-text">{text}</pre>
      {truncated && <p className="preview-note">Only the beginning. Download it to read all.</p>}
    </>
  )
}

function Shape({ shape, dtype }: { readonly shape: readonly number[]; readonly dtype: string }) {
  return (
    <p className="preview-shape">
      <code>({shape.join(', ')})</code> <span className="chip">{dtype}</span>
    </p>
  )
}

function TensorSummary({ shape, dtype, edges, counts, nan, infinite, head }: Of<'tensor'>) {
  return (
    <>
      <Shape shape={shape} dtype={dtype} />
      {counts.length > 0 && <Histogram edges={edges} counts={counts} />}
      {nan + infinite > 0 && (
        <p className="preview-note">
          {nan} values are not a number, {infinite} are infinite.
        </p>
      )}
      {head !== '' && <pre className="preview-text">{head}</pre>}
    </>
  )
}

function Images({ png, columns, cells, labels }: Of<'images'>) {
  const mosaic = useMemo(() => mosaicOf(png, columns, cells), [png, columns, cells])
  const source = `data:image/png;base64,${png}`
  if (mosaic === null) {
    return (
      <figure className="preview-image">
        <img src={source} alt={`${cells} samples`} />
        {labels.length > 0 && <figcaption>{labels.join(', ')}</figcaption>}
      </figure>
    )
  }
  return (
    <ul className="preview-images" aria-label={`${cells} samples`} style={{ '--mosaic': `url("${source}")` }}>
      {Array.from({ length: cells }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a sample is its place
        <li key={index}>
          <Cell mosaic={mosaic} index={index} />
          {labels.length > 0 && <span title={labels[index]}>{labels[index]}</span>}
        </li>
      ))}
    </ul>
  )
}

/** One sample: the part of the whole picture that shows it. */
function Cell({ mosaic, index }: { readonly mosaic: Mosaic; readonly index: number }) {
  const percent = (parts: readonly [number, number]) => parts.map((it) => `${100 * it}%`).join(' ')
  return (
    <i
      style={{
        aspectRatio: mosaic.ratio,
        backgroundSize: percent(mosaic.size),
        backgroundPosition: percent(mosaic.place(index)),
      }}
    />
  )
}

function TableHead({ columns, rows, total_rows }: Of<'table'>) {
  return (
    <div className="preview-table">
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={columns[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="preview-note">
        {rows.length} of {total_rows} rows
      </p>
    </div>
  )
}

function DatasetSummary({ samples, shape, dtype, classes, counts, images }: Of<'dataset'>) {
  const most = Math.max(1, ...counts)
  return (
    <>
      {images && <Images {...images} />}
      <Shape shape={[samples, ...shape]} dtype={dtype} />
      {classes.length > 0 && (
        <ul className="preview-classes" aria-label="Samples by class">
          {classes.map((name, index) => (
            <li key={name}>
              <span>{name}</span>
              <i style={{ width: `${(100 * (counts[index] ?? 0)) / most}%` }} />
              <em>{counts[index] ?? 0}</em>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function ModelSummary({ architecture, parameters, layers }: Of<'model'>) {
  return (
    <>
      <p className="preview-shape">
        <b>{architecture}</b> <span className="chip">{parameters.toLocaleString('en')} parameters</span>
      </p>
      <div className="preview-table">
        <table>
          <thead>
            <tr>
              <th>Layer</th>
              <th>Class</th>
              <th>Parameters</th>
            </tr>
          </thead>
          <tbody>
            {layers.map(([name, layer, count]) => (
              <tr key={String(name)}>
                <td>{name}</td>
                <td>{layer}</td>
                <td>{Number(count).toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
