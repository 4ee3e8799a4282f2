/** The project that is open now, for what stands outside of it (the search, which is one for the whole application). */
import type { ProjectClient } from '@/document/client'
import { recordsOfKind } from '@/document/records'
import { screenPath } from '@/lib/router'
import type { Entry } from './Palette'

let current: ProjectClient | null = null

export function setOpened(client: ProjectClient | null): void {
  current = client
}

/** Everything in the open project that has a screen of its own. */
export function openedProject(): readonly Entry[] {
  if (current === null) return []
  const { state } = current
  const { records, executions, artifacts } = state
  return [
    ...recordsOfKind(records, 'pipeline').map(
      ({ id, name }): Entry => ({
        id,
        kind: 'Pipeline',
        name,
        path: screenPath(state, 'pipeline', id),
      }),
    ),
    ...recordsOfKind(records, 'architecture').map(
      ({ id, name }): Entry => ({
        id,
        kind: 'Architecture',
        name,
        path: screenPath(state, 'architecture', id),
      }),
    ),
    ...[...executions.values()].map(
      ({ id, name }): Entry => ({
        id,
        kind: 'Execution',
        name,
        path: screenPath(state, 'execution', id),
      }),
    ),
    ...[...artifacts.values()].map(
      ({ id, name }): Entry => ({
        id,
        kind: 'Artifact',
        name,
        path: `${screenPath(state, 'artifacts')}?selection=${encodeURIComponent(id)}`,
      }),
    ),
  ]
}
