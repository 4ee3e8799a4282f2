/** The files that the job runs, as they lie in its directory. */
import { FileCode } from 'lucide-react'
import { Fragment } from 'react'
import { useJobCode } from '@/api/queries'
import type { JobId } from '@/lib/ids'
import { CodeView } from '@/ui/code/CodeView'
import type { CodePlace } from './console/places'

interface Props {
  readonly job: JobId
  readonly open: CodePlace
  readonly onOpen: (place: CodePlace) => void
}

export function CodePane({ job, open, onOpen }: Props) {
  const code = useJobCode(job)
  if (code.isPending) return <p className="job-note">Fetching the code…</p>
  if (code.isError) return <p className="job-note">{code.error.message}</p>
  const files = code.data.files.filter(({ path, text }) => text !== '' && !isBlueprint(path)) // without the empty __init__.py
  const file =
    files.find(({ path }) => path === open.path) ?? files.find(({ path }) => path.startsWith('operations/')) ?? files[0]
  if (file === undefined) return <p className="job-note">This job has no files.</p>
  return (
    <div className="job-code">
      <nav aria-label="Files">
        {files.map(({ path }) => (
          <button
            key={path}
            type="button"
            aria-current={path === file.path || undefined}
            onClick={() => onOpen({ path, line: 0 })}
          >
            <FileCode />
            <span>
              {path.split(/(?<=\/)/).map((part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a folder is its place in the path
                <Fragment key={index}>
                  {index > 0 && <wbr />}
                  {part}
                </Fragment>
              ))}
            </span>
          </button>
        ))}
      </nav>
      <CodeView text={file.text} label={file.path} line={file.path === open.path && open.line > 0 ? open.line : null} />
    </div>
  )
}

/** What the architectures' modules read, not code that somebody wrote. */
function isBlueprint(path: string): boolean {
  return path.startsWith('architectures/') && path.endsWith('.json')
}
