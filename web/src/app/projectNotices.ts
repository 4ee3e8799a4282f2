/** What the open project tells people beside what is on the screen: executions that ended, edits that were refused. */
import { useEffect } from 'react'
import type { Execution } from '@/api/types'
import type { ProjectState } from '@/document/state'
import { elapsed, formatDuration } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { notify } from '@/ui/notifications'
import { useProjectClient } from '@/ui/project'

export function useProjectNotices(): void {
  const client = useProjectClient()
  useEffect(() => client.store.subscribe((now, before) => compare(now, before)), [client])
}

function compare(now: ProjectState, before: ProjectState): void {
  if (now.executions !== before.executions && before.listed) {
    for (const execution of now.executions.values()) ended(now, before.executions.get(execution.id), execution)
  }
  const known = new Set(before.notApplied.map(({ transaction }) => transaction.id))
  for (const { transaction, error } of now.notApplied) {
    if (!known.has(transaction.id)) {
      notify({ kind: 'error', title: `Not applied: ${transaction.label}`, text: `${error.message} (${error.code})` })
    }
  }
}

function ended(state: ProjectState, before: Execution | undefined, now: Execution): void {
  if (before === undefined || before.status === now.status || now.ended === null) return
  const seconds = elapsed(now.started, now.ended)
  const after = seconds === null ? '' : ` after ${formatDuration(seconds)}`
  const path = screenPath(state, 'execution', now.id)
  if (now.status === 'success') notify({ kind: 'success', title: `${now.name} succeeded${after}`, path })
  if (now.status === 'failed') notify({ kind: 'error', title: `${now.name} failed${after}`, text: now.cause, path })
  if (now.status === 'canceled') notify({ kind: 'info', title: `${now.name} was stopped${after}`, path })
}
