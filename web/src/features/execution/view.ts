/** A pinned pipeline with the state of its jobs, as the node editor draws it. */
import type { Execution, Job, JobPlan, Node, Snapshot, Status, Wire } from '@/api/types'
import { type Graph, type GraphNode, type GraphPort, portPlaces } from '@/graph/model'
import { elapsed, formatDuration } from '@/lib/format'

/** What a node of an execution shows: a job, or an Input or Output with a status that follows from jobs. */
export interface Shown {
  readonly node: Node
  readonly name: string
  readonly status: Status
  readonly job: Job | null
  readonly plan: JobPlan | null
  /** What an Input brought in. */
  readonly artifact: SourceArtifact | null
}

/** What an Input node brought in. */
type SourceArtifact = Snapshot['artifacts'][string]

interface Pinned {
  readonly nodes: readonly Node[]
  readonly wires: readonly Wire[]
}

export function pinnedGraph({ plan, records }: Snapshot): Pinned {
  return {
    nodes: records.filter((record): record is Node => record.kind === 'node' && record.pipeline === plan.pipeline),
    wires: records.filter((record): record is Wire => record.kind === 'wire' && record.pipeline === plan.pipeline),
  }
}

/** Every node by id with its state now. */
export function shownNodes(snapshot: Snapshot, execution: Execution): ReadonlyMap<string, Shown> {
  const { nodes, wires } = pinnedGraph(snapshot)
  const jobs = new Map(execution.jobs.map((job) => [job.node, job]))
  const plans = new Map(snapshot.plan.jobs.map((plan) => [plan.node, plan]))
  return new Map(
    nodes.map((node): [string, Shown] => {
      const job = jobs.get(node.id) ?? null
      const plan = plans.get(node.id) ?? null
      const artifact = snapshot.artifacts[node.id] ?? null
      const status = job?.status ?? derivedStatus(node, wires, jobs, execution)
      return [node.id, { node, name: nameOf(node, plan, artifact), status, job, plan, artifact }]
    }),
  )
}

/** An Input is there from the beginning; an Output is saved when the job before it has succeeded, and never when it has not. */
function derivedStatus(
  node: Node,
  wires: readonly Wire[],
  jobs: ReadonlyMap<string, Job>,
  execution: Execution,
): Status {
  if (node.target.kind === 'input') return 'success'
  const wire = wires.find((it) => it.target === node.id)
  const before = wire === undefined ? undefined : jobs.get(wire.source)
  const status = before?.status ?? execution.status
  if (status === 'success') return 'success'
  return status === 'failed' || status === 'canceled' ? 'canceled' : 'pending'
}

function nameOf(node: Node, plan: JobPlan | null, artifact: SourceArtifact | null): string {
  if (plan !== null) return plan.name
  if (node.target.kind === 'output') return node.name ?? node.target.name
  return node.name ?? artifact?.name ?? 'Input'
}

const WIDTH = 176
const HEIGHT = 52

export function executionGraph(snapshot: Snapshot, shown: ReadonlyMap<string, Shown>): Graph {
  const { nodes, wires } = pinnedGraph(snapshot)
  return {
    nodes: nodes.flatMap((node) => {
      const state = shown.get(node.id)
      return state === undefined ? [] : [nodeView(state, wires)]
    }),
    wires: wires.map(({ id, source, output, target, input }) => ({
      id,
      source,
      output,
      target,
      input,
      broken: false,
      title: '',
    })),
  }
}

function nodeView({ node, name, status, plan, artifact }: Shown, wires: readonly Wire[]): GraphNode {
  const data = { name: 'data', type: artifact?.type ?? 'Data', doc: '' }
  const io = node.target.kind === 'input' ? { inputs: [], outputs: [data] } : { inputs: [data], outputs: [] }
  const { inputs, outputs } = plan === null ? io : { inputs: plan.interface.inputs, outputs: plan.outputs }
  const width = Math.max(WIDTH, Math.ceil(name.length * 0.82) * 10 + 40, Math.max(inputs.length, outputs.length) * 44)
  const wired = (side: 'source' | 'target', port: string) =>
    wires.some((wire) => wire[side] === node.id && (side === 'source' ? wire.output : wire.input) === port)
  return {
    id: node.id,
    title: `${name}, ${status}`,
    shape: 'rectangle',
    width,
    height: HEIGHT,
    inputs: ports(inputs, width, (port) => wired('target', port)),
    outputs: ports(outputs, width, (port) => wired('source', port)),
    glow: null,
    color: `var(--status-${status})`,
  }
}

function ports(
  list: readonly { name: string; type: string; doc: string }[],
  width: number,
  wired: (name: string) => boolean,
): GraphPort[] {
  const places = portPlaces(list.length, width)
  return list.map(({ name, type, doc }, index) => ({
    name,
    type,
    doc,
    wired: wired(name),
    missing: false,
    x: places[index] ?? width / 2,
  }))
}

/** The second line of a node: status in words, duration, how far it is. */
export function statusLine({ job, status, node }: Pick<Shown, 'job' | 'status' | 'node'>, now: Date): string {
  if (job === null) return ioLine(node, status)
  const seconds = elapsed(job.started, job.ended, now)
  const time = seconds === null ? '' : formatDuration(seconds)
  const contact = job.out_of_contact ? ', out of contact' : ''
  if (status === 'failed') return time === '' ? 'failed' : `failed after ${time}`
  const share = status === 'running' ? shareOf(job) : null
  const parts = [
    status,
    status === 'success' || status === 'running' ? time : '',
    share === null ? '' : `${Math.floor(share * 100)} %`,
  ]
  return parts.filter((part) => part !== '').join(', ') + contact
}

function ioLine(node: Node, status: Status): string {
  if (node.target.kind === 'input') return 'artifact'
  return status === 'success' ? 'saved' : status === 'canceled' ? 'not saved' : 'pending'
}

/** How far a job says that it is, from 0 to 1; null when it does not say. */
export function shareOf({ progress }: Pick<Job, 'progress'>): number | null {
  return progress?.total ? Math.min(1, progress.done / progress.total) : null
}

const ORDER: readonly Status[] = ['success', 'running', 'queued', 'pending', 'failed', 'canceled']

/** How many jobs there are of each status, those that there are. */
export function statusCounts(jobs: readonly Pick<Job, 'status'>[]): { status: Status; count: number }[] {
  return ORDER.map((status) => ({ status, count: jobs.filter((job) => job.status === status).length })).filter(
    ({ count }) => count > 0,
  )
}

/** Names of what was canceled because a job failed: everything after it. */
export function canceledAfter(node: string, wires: readonly Wire[], shown: ReadonlyMap<string, Shown>): string[] {
  const found = new Set<string>()
  const open = [node]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const wire of wires) {
      if (wire.source !== at || found.has(wire.target)) continue
      found.add(wire.target)
      open.push(wire.target)
    }
  }
  return [...found].flatMap((id) => {
    const state = shown.get(id)
    return state?.status === 'canceled' && state.job !== null ? [state.name] : []
  })
}

/** About how long a running job still takes, in seconds, from how far it came; null when nobody can tell. */
export function secondsLeft(job: Job, now: Date): number | null {
  const share = shareOf(job)
  const seconds = elapsed(job.started, null, now)
  if (share === null || seconds === null || share < 0.02 || seconds < 2) return null
  return (seconds * (1 - share)) / share
}
