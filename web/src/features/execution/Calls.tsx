/** The calls that led to a failure, in the user's own code: the last ones at once, those before them on demand. */
import { useMemo, useState } from 'react'
import { openCode } from './openCode'
import { ownFrames } from './traceback'

const SHOWN = 3

interface CallsProps {
  readonly job: string
  readonly traceback: string
}

export function Calls({ job, traceback }: CallsProps) {
  const frames = useMemo(() => ownFrames(traceback), [traceback])
  const [all, setAll] = useState(false)
  const hidden = all ? 0 : Math.max(0, frames.length - SHOWN)
  if (frames.length === 0) return null
  return (
    <ol className="failure-calls" aria-label="Calls in your code">
      {hidden > 0 && (
        <li>
          <button type="button" className="failure-place" onClick={() => setAll(true)}>
            {hidden} earlier {hidden === 1 ? 'call' : 'calls'}
          </button>
        </li>
      )}
      {frames.slice(hidden).map(({ file, line, inside, code }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a recursion has the same call many times
        <li key={index}>
          <button type="button" className="failure-place" title={file} onClick={() => openCode(job, file, line)}>
            {file.split('/').at(-1)}:{line}
          </button>
          {inside !== '' && ` in ${inside}`}
          {code !== '' && <code>{code}</code>}
        </li>
      ))}
    </ol>
  )
}
