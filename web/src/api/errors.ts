/** What went wrong with a request, as a sentence for people. */
import type { ApiErrorBody, Mark } from './types'

export class ApiError extends Error {
  /** A stable code of the server, or `offline` when it could not be reached. */
  readonly code: string
  readonly status: number
  readonly hint: string
  readonly where: string
  /** The places of a refused run. */
  readonly marks: readonly Mark[]

  constructor(status: number, body: Partial<ApiErrorBody>) {
    super(body.message || 'The server could not do this.')
    this.name = 'ApiError'
    this.status = status
    this.code = body.code ?? 'error'
    this.hint = body.hint ?? ''
    this.where = body.where ?? ''
    this.marks = body.marks ?? []
  }
}

/** The server cannot be reached. */
export function offline(): ApiError {
  return new ApiError(0, {
    code: 'offline',
    message: 'The server cannot be reached.',
    hint: 'Check that it is running, then try again.',
  })
}

/** Any error as what happened and what to do. */
export function sentences(error: unknown): { message: string; hint: string } {
  if (error instanceof ApiError) return { message: error.message, hint: error.hint }
  return { message: error instanceof Error ? error.message : String(error), hint: '' }
}
