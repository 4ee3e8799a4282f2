/** Running a pipeline (S-040): once for each press, only when everything is stored, and with reasons where it cannot be. */
import { useCallback, useRef, useState } from 'react'
import { startExecution } from '@/api/calls'
import { ApiError, sentences } from '@/api/errors'
import type { PipelineGraph } from '@/document/records'
import type { ProjectState } from '@/document/state'
import { newId } from '@/lib/ids'
import { notify } from '@/ui/notifications'
import { useProjectClient } from '@/ui/project'

/** Edits that are on their way are waited for this long. */
const STORED_WITHIN = 5000

export function useExecute(pipeline: PipelineGraph | null, onRefused: (records: readonly string[]) => void) {
  const client = useProjectClient()
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  const execute = useCallback(async (): Promise<void> => {
    if (pipeline === null || running.current) return
    running.current = true
    setBusy(true)
    try {
      const { version, project, branch } = await stored(client.store)
      // The same key with every try: a request that is repeated by the network runs nothing twice.
      const execution = await startExecution(project, { key: newId(), pipeline: pipeline.pipeline.id, branch, version })
      client.remember({ execution })
    } catch (error) {
      const { message, hint } = sentences(error)
      const marks = error instanceof ApiError ? error.marks : []
      const reasons = marks.map((mark) => mark.message).join(' ')
      notify({
        kind: 'error',
        title: `${pipeline.pipeline.name} was not executed`,
        text: reasons || `${message} ${hint}`,
      })
      onRefused(marks.map((mark) => mark.where.record))
    } finally {
      running.current = false
      setBusy(false)
    }
  }, [client, pipeline, onRefused])
  return { execute, busy }
}

interface Store {
  readonly getState: () => ProjectState
  readonly subscribe: (listener: (state: ProjectState) => void) => () => void
}

/** The state when every edit is stored; refuses when the server cannot be reached or takes too long. */
function stored(store: Store): Promise<ProjectState> {
  return new Promise((resolve, reject) => {
    const refuse = (message: string, hint: string): void => {
      stop()
      reject(new ApiError(0, { code: 'out-of-sync', message, hint }))
    }
    const look = (state: ProjectState): void => {
      if (state.connection.kind !== 'open')
        refuse('The server cannot be reached.', 'Your edits are kept; try again when it is back.')
      else if (state.pending.length === 0) {
        stop()
        resolve(state)
      }
    }
    const timer = window.setTimeout(
      () => refuse('Your newest edits are not stored yet.', 'Try again in a moment.'),
      STORED_WITHIN,
    )
    const unsubscribe = store.subscribe(look)
    function stop(): void {
      window.clearTimeout(timer)
      unsubscribe()
    }
    look(store.getState())
  })
}
