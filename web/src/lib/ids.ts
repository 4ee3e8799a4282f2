/**
 * Every kind of id, each a type of its own: a `JobId` is no `RecordId`. They are flavoured strings rather than branded ones,
 * so that what the server sent (typed as plain strings) fits without a cast.
 */
type Flavored<Name extends string> = string & { readonly __id?: Name }

export type ProjectId = Flavored<'project'>
export type BranchName = Flavored<'branch'>
export type RecordId = Flavored<'record'>
export type TransactionId = Flavored<'transaction'>
export type ClientId = Flavored<'client'>
export type PersonId = Flavored<'person'>
export type ExecutionId = Flavored<'execution'>
export type JobId = Flavored<'job'>
export type AttemptId = Flavored<'attempt'>
export type ArtifactId = Flavored<'artifact'>
export type WorkerId = Flavored<'worker'>

/** What the id of a record or transaction may look like (the server has the same rule). */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
const LENGTH = 16

/** A new random id of 80 bits, as the server makes them. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}
