/**
 * The live socket of an open project (docs/spec/live.md): says hello, reads messages, and reconnects with growing pauses.
 * It stops for good where trying again cannot help: no session (4401, 4403) or no such project or branch (4404).
 */
import type { BranchName, ProjectId } from '@/lib/ids'
import type { ClientMessage, Hello, ServerMessage } from './types'

/** Close codes after which the client does not try again. */
export const FINAL_CODES: ReadonlyMap<number, string> = new Map([
  [4401, 'Your session has ended. Log in again.'],
  [4403, 'You may not open this project.'],
  [4404, 'There is no such project or branch.'],
])

/** The server could not do what was asked of it now; at once it could not either. */
const FAULT = 4500
/** Where the pauses begin after a fault. */
const AFTER_FAULT = 3

/** Pauses before each attempt, in milliseconds; the last one stays. */
export const PAUSES = [200, 500, 1000, 2000, 4000, 8000, 15_000] as const
/** How long one attempt may take until it is given up, in milliseconds. */
const PATIENCE = 10_000

export interface LiveHandlers {
  /** The first message of each connection: what the client already holds. */
  hello(): Hello
  message(message: ServerMessage): void
  /** A connection is being made: for the first time (0), or again. */
  connecting(attempt: number): void
  ended(code: number, reason: string): void
}

export type SocketLike = Pick<WebSocket, 'send' | 'close' | 'readyState'> & {
  onopen: ((event: Event) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
}

export class LiveSocket {
  #handlers: LiveHandlers
  #connect: () => SocketLike
  #socket: SocketLike | null = null
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(handlers: LiveHandlers, connect: () => SocketLike) {
    this.#handlers = handlers
    this.#connect = connect
  }

  /** Begin; `close` ends it. */
  open(): void {
    this.#closed = false
    this.#try()
  }

  /** Send if the connection stands; what must not be lost is sent again after the next welcome. */
  send(message: ClientMessage): boolean {
    if (this.#socket?.readyState !== 1) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  /** Try at once instead of waiting; a connection that stands is given up (it no longer answers). */
  retry(): void {
    if (this.#closed) return
    this.#drop()
    this.#attempt = Math.max(1, this.#attempt)
    this.#try()
  }

  close(): void {
    this.#closed = true
    this.#drop()
  }

  #try(): void {
    clearTimeout(this.#timer)
    this.#handlers.connecting(this.#attempt)
    const socket = this.#connect()
    this.#socket = socket
    this.#timer = setTimeout(() => this.#lost(socket), PATIENCE)
    socket.onopen = () => socket.send(JSON.stringify(this.#handlers.hello()))
    socket.onmessage = (event) => this.#received(socket, event)
    socket.onclose = (event) => {
      if (socket !== this.#socket) return
      const reason = FINAL_CODES.get(event.code)
      if (event.code === FAULT) this.#attempt = Math.max(AFTER_FAULT, this.#attempt)
      if (reason === undefined) this.#lost(socket)
      else {
        this.close()
        this.#handlers.ended(event.code, reason)
      }
    }
  }

  #received(socket: SocketLike, event: MessageEvent): void {
    if (socket !== this.#socket || typeof event.data !== 'string') return
    const message = JSON.parse(event.data) as ServerMessage
    if (message.type === 'welcome') {
      clearTimeout(this.#timer)
      this.#attempt = 0
    }
    this.#handlers.message(message)
  }

  #lost(socket: SocketLike): void {
    if (socket !== this.#socket || this.#closed) return
    this.#drop()
    const pause = PAUSES[Math.min(this.#attempt, PAUSES.length - 1)] ?? 15_000
    this.#attempt += 1
    this.#handlers.connecting(this.#attempt)
    // A little chance in the pause keeps a room of clients from returning all at once.
    this.#timer = setTimeout(() => this.#try(), pause * (0.75 + Math.random() / 2))
  }

  #drop(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    if (socket !== null) {
      socket.onopen = null
      socket.onclose = null
      socket.onmessage = null
      socket.close()
    }
  }
}

/** The address of a project's live socket, on the page's own server. */
export function liveUrl(project: ProjectId, branch: BranchName, origin: string = location.origin): string {
  const url = new URL(`/api/projects/${encodeURIComponent(project)}/live`, origin.replace(/^http/, 'ws'))
  url.searchParams.set('branch', branch)
  return url.toString()
}
