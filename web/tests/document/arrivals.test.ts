import { describe, expect, it } from 'vitest'
import type { Artifact, Execution, FeedbackCame, Job, LogCame, Watching } from '@/api/types'
import { arrived, listed, subject } from '@/document/arrivals'
import { initialState } from '@/document/state'
import { JobWatches } from '@/document/watches'

const job = { id: 'j', execution: 'e', status: 'running' } as Job
const execution = { id: 'e', name: 'train_execution_1', jobs: [{ ...job, status: 'queued' }] } as unknown as Execution
const artifact = { id: 'a', name: 'net' } as Artifact
const state = initialState('p', 'main', 'c')

describe('arrivals', () => {
  it('put a job into its execution, and leave others as they are', () => {
    const known = { ...state, ...arrived(state, { type: 'execution', execution }) }
    const after = arrived(known, { type: 'job', job })
    expect(after.executions?.get('e')).toEqual({ ...execution, jobs: [job] })
    expect(arrived(state, { type: 'job', job }).executions).toBe(state.executions)
  })

  it('keep what the socket told while the lists were fetched', () => {
    const renamed = { ...artifact, name: 'renamed' }
    const known = { ...state, artifacts: new Map([['a', renamed]]), executions: new Map([['old', execution]]) }
    const after = listed(known, { executions: [execution], artifacts: [artifact] }, new Set(['a', 'gone']))
    expect([after.artifacts, after.executions]).toEqual([new Map([['a', renamed]]), new Map([['e', execution]])])
  })

  it('do not bring back what was removed meanwhile', () => {
    const message = { type: 'artifact_removed', artifact: 'a' } as const
    const after = listed(
      { ...state, ...arrived(state, message) },
      { executions: [], artifacts: [artifact] },
      new Set([subject(message) ?? '']),
    )
    expect(after.artifacts).toEqual(new Map())
  })

  it('tell that the project was renamed or removed', () => {
    expect([arrived(state, { type: 'project', name: 'new' }), arrived(state, { type: 'project', name: null })]).toEqual(
      [{ name: 'new' }, { removed: true }],
    )
  })
})

describe('JobWatches', () => {
  it('ask again after a reconnection from where the console ends, and end with the last watcher', () => {
    const sent: unknown[] = []
    const told: string[] = []
    const watches = new JobWatches((message) => sent.push(message))
    const watcher = (offset: number) => ({
      watching: (_: Watching) => told.push('watching'),
      log: ({ text }: LogCame) => told.push(text),
      feedback: (_: FeedbackCame) => told.push('feedback'),
      logOffset: () => offset,
    })
    const [first, second] = [watches.add('j', watcher(10)), watches.add('j', watcher(4))]
    watches.again()
    watches.tell({ type: 'log', job: 'j', attempt: 't', offset: 4, next: 6, text: 'hi' })
    first()
    second()
    watches.tell({ type: 'watching', job: 'j', attempt: null, feedback: null })
    expect(sent).toEqual([
      { type: 'watch', job: 'j', log_offset: 10 },
      { type: 'watch', job: 'j', log_offset: 4 },
      { type: 'watch', job: 'j', log_offset: 4 },
      { type: 'unwatch', job: 'j' },
    ])
    expect(told).toEqual(['hi', 'hi'])
  })
})
