import { Component, type ErrorInfo, type ReactNode } from 'react'
import { ErrorState } from '@/ui/ErrorState'

/** Shows what went wrong in a part of the page, instead of an empty one; `resetKey` (the route) gives it another chance. */
export class ErrorBoundary extends Component<{ children: ReactNode; resetKey?: string }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    console.error(error, componentStack)
  }

  override componentDidUpdate({ resetKey }: { resetKey?: string }): void {
    if (this.state.error !== null && resetKey !== this.props.resetKey) this.setState({ error: null })
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorState
        title="This part cannot be shown"
        error={this.state.error}
        onRetry={() => this.setState({ error: null })}
      />
    )
  }
}
