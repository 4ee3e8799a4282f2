/** Colours of operations by the name that their record holds; `io` for inputs and outputs. */
const OPERATION_COLORS = ['slate', 'indigo', 'teal', 'plum', 'rust', 'olive', 'io'] as const

/** The token of an operation's colour; slate for names that the design does not know. */
export function operationColor(name: string): string {
  return `var(--op-${OPERATION_COLORS.find((color) => color === name) ?? 'slate'})`
}
