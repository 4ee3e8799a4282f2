import { Component, type ErrorInfo, type ReactNode } from 'react'
import { ErrorState } from '@/ui/ErrorState'

interface Props {
  readonly children: ReactNode
  /** Another one (the route) gives the part another chance. */
  readonly resetKey?: string
  /** Told when the person tries again, for what must be made anew then. */
  readonly onRetry?: () => void
}

/** Shows what went wrong in a part of the page, instead of an empty one. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    console.error(error, componentStack)
  }

  override componentDidUpdate({ resetKey }: Props): void {
    if (this.state.error !== null && resetKey !== this.props.resetKey) this.setState({ error: null })
  }

  #retry = (): void => {
    this.props.onRetry?.()
    this.setState({ error: null })
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <ErrorState title="This part cannot be shown" error={this.state.error} onRetry={this.#retry} />
  }
}
