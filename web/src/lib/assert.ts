/** Says at compile time that every case of a union was handled, and at run time which one was not. */
export function assertNever(value: never): never {
  throw new Error(`Not handled: ${JSON.stringify(value)}`)
}
