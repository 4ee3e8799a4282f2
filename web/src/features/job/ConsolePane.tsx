/** The console with its tools: search, follow, download. */
import { ArrowDownToLine, ChevronDown, ChevronUp, Download, Search, X } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { logFile } from '@/api/calls'
import { formatBytes } from '@/lib/format'
import type { JobId } from '@/lib/ids'
import { IconButton } from '@/ui/IconButton'
import { useShortcuts } from '@/ui/route'
import { Console } from './console/Console'
import type { CodePlace } from './console/places'
import { findLines } from './console/search'
import type { JobState } from './feed'

interface Props {
  readonly job: JobId
  readonly name: string
  readonly state: JobState
  readonly onOpen: (place: CodePlace) => void
}

export function ConsolePane({ job, name, state, onOpen }: Props) {
  const { screen, written, skipped } = state
  const [follow, setFollow] = useState(true)
  const [query, setQuery] = useState<string | null>(null)
  const [position, setPosition] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the screen is one object; `written` says that it changed
  const found = useMemo(() => findLines(screen, query ?? ''), [screen, written, query])
  const current = found[position % Math.max(1, found.length)] ?? null
  const search = useMemo(
    () => [{ keys: 'Ctrl+F', label: 'Search the console', group: 'Job', run: () => setQuery((old) => old ?? '') }],
    [],
  )
  useShortcuts(search)
  const step = (by: number) => {
    setFollow(false)
    setPosition((old) => (old + by + found.length) % Math.max(1, found.length))
  }
  return (
    <div className="job-console">
      <div className="job-tools">
        {query === null ? (
          <IconButton label="Search the console" onClick={() => setQuery('')}>
            <Search />
          </IconButton>
        ) : (
          <SearchField
            query={query}
            position={found.length === 0 ? 0 : (position % found.length) + 1}
            count={found.length}
            onQuery={(text) => {
              setQuery(text)
              setPosition(0)
            }}
            onStep={step}
          />
        )}
        <button type="button" className="job-follow" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          <ArrowDownToLine /> Follow
        </button>
        <a
          className="job-download"
          href={logFile(job)}
          download
          aria-label="Download the whole console"
          title="Download the whole console"
        >
          <Download />
        </a>
      </div>
      {skipped > 0 && (
        <p className="job-skipped">
          {formatBytes(skipped)} of earlier output are not shown. <a href={logFile(job)}>Download all of it</a>
        </p>
      )}
      <Console
        screen={screen}
        revision={written}
        numbered={skipped === 0}
        heading={`Console logging for Operation "${name}":`}
        follow={follow}
        onFollow={setFollow}
        query={query ?? ''}
        found={query ? current : null}
        onOpen={onOpen}
      />
    </div>
  )
}

interface SearchProps {
  readonly query: string
  readonly position: number
  readonly count: number
  readonly onQuery: (query: string | null) => void
  readonly onStep: (by: number) => void
}

function SearchField({ query, position, count, onQuery, onStep }: SearchProps) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  return (
    <search className="job-search">
      <input
        ref={input}
        value={query}
        aria-label="Search the console"
        placeholder="Search the console"
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') onQuery(null)
        }}
      />
      <span role="status">{query === '' ? '' : `${position} of ${count}`}</span>
      <IconButton label="Previous match" onClick={() => onStep(-1)}>
        <ChevronUp />
      </IconButton>
      <IconButton label="Next match" onClick={() => onStep(1)}>
        <ChevronDown />
      </IconButton>
      <IconButton label="Close the search" onClick={() => onQuery(null)}>
        <X />
      </IconButton>
    </search>
  )
}
