/**
 * The open project: one live connection, the replica of its document, the queue of unsent edits, undo, and what the server
 * tells beside the document. Its whole state is one immutable value in a store; React and tests subscribe to it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type LiveHandlers, LiveSocket, type SocketLike } from '@/api/live'
import type { Artifact, Execution, Hello, Place, ServerMessage, Transaction, Version, Welcome } from '@/api/types'
import { type BranchName, type ClientId, type JobId, newId, type ProjectId, type TransactionId } from '@/lib/ids'
import { type Arrival, arrived, type Lists, listed, subject } from './arrivals'
import type { Kept, Queue } from './queue'
import { recordMap } from './records'
import { Refusal } from './refusal'
import { Replica } from './replica'
import { initialState, type NotApplied, type ProjectState } from './state'
import { catchUp } from './takeover'
import { type Undone, UndoStacks } from './undo'
import { type JobWatcher, JobWatches } from './watches'

export type { JobWatcher }

/** What the client needs from outside. Tests give an in-memory server. */
export interface Surroundings {
  readonly connect: () => SocketLike
  readonly queue: Queue
  /** The versions after one, to move edits of an earlier tab over them. */
  readonly versionsAfter: (version: number) => Promise<readonly Version[]>
  /** What stands in the lists, fetched on each connection. */
  readonly lists: () => Promise<Lists>
  /** Told when something went wrong that no message carries (a list could not be fetched). */
  readonly problem: (message: string) => void
}

/** An edit as commands make it: parts that are left out are empty. */
export type EditParts = Pick<Transaction, 'label'> & Partial<Pick<Transaction, 'put' | 'patch' | 'text' | 'remove'>>

/** An acknowledgement takes no longer than this, in milliseconds, or the connection is given up and made anew. */
const ACKNOWLEDGE_WITHIN = 10_000
const PRESENCE_EVERY = 50
/** When what an earlier tab left could not be moved over what was stored since, it is tried again after this pause. */
const TAKE_OVER_AGAIN = 5000

export class ProjectClient {
  readonly store: StoreApi<ProjectState>
  #surroundings: Surroundings
  #live: LiveSocket
  #replica = new Replica()
  #undo = new UndoStacks()
  #epoch: string | null = null
  #welcomed = false
  #inFlight: TransactionId | null = null
  #acknowledgement: ReturnType<typeof setTimeout> | undefined
  #left: readonly Kept[] = []
  #takingOver: 'idle' | 'busy' | 'failed' = 'idle'
  #takeOverTimer: ReturnType<typeof setTimeout> | undefined
  #closed = false
  #watches = new JobWatches((message) => this.#welcomed && this.#live.send(message))
  #place: Place | null = null
  #presenceTimer: ReturnType<typeof setTimeout> | undefined
  /** Executions and artifacts that the socket told of since the lists were asked for. */
  #newer = new Set<string>()

  constructor(project: ProjectId, branch: BranchName, surroundings: Surroundings, client: ClientId = newId()) {
    this.store = createStore(() => initialState(project, branch, client))
    this.#surroundings = surroundings
    this.#live = new LiveSocket(this.#handlers(), surroundings.connect)
  }

  get state(): ProjectState {
    return this.store.getState()
  }

  /** Take over what earlier tabs left, and connect. */
  async open(): Promise<void> {
    const kept = await this.#surroundings.queue.takeOver().catch((error: unknown) => {
      if (!this.#closed)
        this.#surroundings.problem(`Edits that other tabs left cannot be read in this browser: ${String(error)}`)
      return []
    })
    if (this.#closed) return
    this.#left = kept.filter(({ edits }) => edits.length > 0)
    this.#savedEmpty = kept.length === 0
    const refused = new Map(kept.flatMap(({ notApplied }) => notApplied).map((one) => [one.transaction.id, one]))
    this.#set({ notApplied: [...refused.values()], pending: this.#unsent })
    this.#live.open()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#takeOverTimer)
    clearTimeout(this.#acknowledgement)
    clearTimeout(this.#presenceTimer)
    this.#live.close()
    this.#surroundings.queue.close()
  }

  /** Connect now instead of after the pause. */
  retry(): void {
    this.#live.retry()
  }

  /** One edit: shown at once, then stored. Throws `Refusal` where a rule of structure forbids it; then nothing happened. */
  edit({ label, put = [], patch = [], text = [], remove = [] }: EditParts): TransactionId {
    const transaction: Transaction = { id: newId(), label: label.slice(0, 200), put, patch, text, remove }
    const { diff } = this.#replica.edit(transaction)
    this.#undo.did(transaction, diff)
    this.#changed()
    return transaction.id
  }

  /** Take back one's own newest edit. Null when there is none. */
  undo(): Undone | null {
    return this.#step(this.#undo.nextUndo(this.#replica.shown), 'undo')
  }

  redo(): Undone | null {
    return this.#step(this.#undo.nextRedo(this.#replica.shown), 'redo')
  }

  discard(transaction: TransactionId): void {
    this.#set({ notApplied: this.state.notApplied.filter((refused) => refused.transaction.id !== transaction) })
    this.#save()
  }

  /** Tell the others where one is; the newest place of each 50 ms is sent. */
  moveTo(place: Place): void {
    this.#place = place
    this.#presenceTimer ??= setTimeout(() => {
      this.#presenceTimer = undefined
      this.#sendPresence()
    }, PRESENCE_EVERY)
  }

  /** Follow a job's console and feedback; the returned function ends it. */
  watch(job: JobId, watcher: JobWatcher): () => void {
    return this.#watches.add(job, watcher)
  }

  /** An execution or artifact that REST answered with, so that it shows before the socket tells of it. */
  remember(thing: { execution: Execution } | { artifact: Artifact }): void {
    if ('execution' in thing) this.#arrived({ type: 'execution', execution: thing.execution })
    else this.#arrived({ type: 'artifact', artifact: thing.artifact })
  }

  #step(undone: Undone | null, which: 'undo' | 'redo'): Undone | null {
    if (undone === null) return null
    const { put, patch, text, remove } = undone.transaction
    if (put.length + patch.length + text.length + remove.length === 0) this.#undo.drop(which)
    else {
      const { diff } = this.#replica.edit(undone.transaction)
      if (which === 'undo') this.#undo.undid(undone.transaction, diff)
      else this.#undo.redid(undone.transaction, diff)
    }
    this.#changed()
    return undone
  }

  #handlers(): LiveHandlers {
    return {
      hello: () => this.#hello(),
      message: (message) => this.#received(message),
      connecting: (attempt) => {
        this.#disconnected()
        this.#set({ connection: attempt === 0 ? { kind: 'connecting' } : { kind: 'reconnecting', attempt } })
      },
      ended: (code, reason) => {
        this.#disconnected()
        this.#set({ connection: { kind: 'ended', code, reason } })
      },
    }
  }

  #disconnected(): void {
    this.#welcomed = false
    this.#inFlight = null
    clearTimeout(this.#acknowledgement)
    if (this.state.people.size > 0) this.#set({ people: new Map() })
  }

  #hello(): Hello {
    const known = this.state.loaded
    return {
      type: 'hello',
      client: this.state.client,
      epoch: known ? this.#epoch : null,
      version: known ? this.#replica.version : null,
    }
  }

  #received(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message)
      case 'committed':
        return this.#committed(message)
      case 'refused':
        return this.#refused(message.transaction, message.error)
      case 'watching':
      case 'log':
      case 'feedback':
        return this.#watches.tell(message)
      default:
        return this.#arrived(message)
    }
  }

  #arrived(message: Arrival): void {
    const about = subject(message)
    if (about !== null) this.#newer.add(about)
    this.#set(arrived(this.state, message))
  }

  #welcome(message: Welcome): void {
    if (message.missed !== null)
      for (const version of message.missed) this.#undo.changedByOthers(this.#replica.committed(version))
    else {
      const texts = this.#replica.replace(recordMap(message.records ?? []), message.version)
      if (this.#epoch !== null && this.#epoch !== message.epoch) this.#undo = new UndoStacks()
      this.#undo.changedByOthers(texts)
    }
    const again = this.state.loaded
    this.#epoch = message.epoch
    this.#welcomed = true
    this.#set({
      name: message.project_name,
      person: message.person,
      people: new Map(
        message.people.filter(({ client }) => client !== this.state.client).map((here) => [here.client, here]),
      ),
      connection: { kind: 'open', again },
      loaded: true,
    })
    this.#changed()
    this.#sendPresence()
    this.#watches.again()
    void this.#takeOver()
    void this.#fetchLists()
  }

  #committed(message: Extract<ServerMessage, { type: 'committed' }>): void {
    const texts = this.#replica.committed(message)
    if (message.client !== this.state.client) this.#undo.changedByOthers(texts)
    this.#answered(message.transaction)
  }

  #refused(id: TransactionId, { code, message, hint }: NotApplied['error']): void {
    const transaction = this.#replica.pending.find((pending) => pending.transaction.id === id)?.transaction
    this.#undo.changedByOthers(this.#replica.drop(id))
    this.#undo.refused(id)
    if (transaction !== undefined) this.#keepRefused(transaction, { code, message, hint })
    this.#answered(id)
  }

  #keepRefused(transaction: Transaction, error: NotApplied['error']): void {
    const refused: NotApplied = { transaction, error, time: new Date().toISOString(), text: insertedText(transaction) }
    this.#set({ notApplied: [...this.state.notApplied, refused] })
  }

  #answered(transaction: TransactionId): void {
    if (transaction === this.#inFlight) {
      this.#inFlight = null
      clearTimeout(this.#acknowledgement)
    }
    this.#changed()
  }

  /** Edits that an earlier tab could not send: moved over what was stored since, then sent like one's own. */
  async #takeOver(): Promise<void> {
    if (this.#takingOver === 'busy' || !this.#welcomed) return
    clearTimeout(this.#takeOverTimer)
    const before = this.#takingOver
    this.#takingOver = 'busy'
    try {
      for (let kept = this.#left[0]; kept !== undefined; kept = this.#left[0]) await this.#takeIn(kept)
      this.#takingOver = 'idle'
    } catch (error) {
      this.#takingOver = 'failed'
      if (this.#closed) return
      this.#takeOverTimer = setTimeout(() => void this.#takeOver(), TAKE_OVER_AGAIN)
      if (before !== 'failed')
        this.#surroundings.problem(`Edits of an earlier tab are not sent yet; they are kept. ${sentence(error)}`)
    }
  }

  async #takeIn(kept: Kept): Promise<void> {
    const { versionsAfter } = this.#surroundings
    const [epoch, version] = [() => this.#epoch, () => this.#replica.version]
    const { edits, refused } = await catchUp(kept, epoch, version, versionsAfter)
    if (this.#closed) throw new Error('The project was closed.')
    this.#replica.adopt(edits)
    this.#left = this.#left.filter((other) => other !== kept)
    for (const { transaction, error } of refused) this.#keepRefused(transaction, error)
    this.#changed()
  }

  async #fetchLists(): Promise<void> {
    this.#newer.clear()
    try {
      const lists = await this.#surroundings.lists()
      this.#set(listed(this.state, lists, this.#newer))
    } catch (error) {
      this.#surroundings.problem(sentence(error))
    }
  }

  /** Publishes the document, saves what is unsent, and sends the next edit. */
  #changed(): void {
    this.#set({
      records: this.#replica.shown,
      version: this.#replica.version,
      pending: this.#unsent,
      undo: this.#undo.labels,
    })
    this.#save()
    this.#send()
  }

  /** What an earlier tab left counts as unsent until it is taken over and sent. */
  get #unsent(): readonly TransactionId[] {
    const left = this.#left.flatMap(({ edits }) => edits.map(({ id }) => id))
    return [...new Set([...left, ...this.#replica.pending.map(({ transaction }) => transaction.id)])]
  }

  #send(): void {
    const head = this.#replica.pending[0]
    if (!this.#welcomed || this.#inFlight !== null || head === undefined) return
    if (!this.#live.send({ type: 'edit', base: this.#replica.version, transaction: head.transaction })) return
    this.#inFlight = head.transaction.id
    this.#acknowledgement = setTimeout(() => this.#live.retry(), ACKNOWLEDGE_WITHIN)
  }

  /** Nothing is kept in this browser, neither of this tab nor of those before it. */
  #savedEmpty = true

  #save(): void {
    const edits = this.#replica.pending.map(({ transaction }) => transaction)
    const empty = edits.length + this.state.notApplied.length === 0
    if (empty && this.#savedEmpty) return
    this.#savedEmpty = empty && this.#left.length === 0
    const kept: Kept = { base: this.#replica.version, epoch: this.#epoch, edits, notApplied: this.state.notApplied }
    this.#surroundings.queue.save(kept, this.#left).catch((error: unknown) => {
      this.#surroundings.problem(`Unsent edits cannot be kept in this browser: ${String(error)}`)
    })
  }

  #sendPresence(): void {
    if (this.#welcomed && this.#place !== null) this.#live.send({ type: 'presence', place: this.#place })
  }

  #set(change: Partial<ProjectState>): void {
    this.store.setState(change)
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What a refused edit would have written, for the person to copy. */
function insertedText(transaction: Transaction): string {
  const inserted = transaction.text.flatMap(({ changes }) =>
    changes.flatMap((part) => (Array.isArray(part) && part.length > 1 ? [part.slice(1).join('\n')] : [])),
  )
  const put = transaction.put.flatMap((record) =>
    'code' in record ? [record.code] : record.kind === 'note' ? [record.text] : [],
  )
  return [...put, ...inserted].join('\n')
}

/** Runs an edit and gives the sentence of a refusal instead of throwing it. */
export function attempt(run: () => void): Refusal | null {
  try {
    run()
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
