/** Why a transaction cannot be applied: a rule of structure (`DF1xx`, docs/spec/document.md) and a sentence. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}
