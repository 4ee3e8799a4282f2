// @vitest-environment jsdom
/** A part of the page that failed has another chance when the person tries again. */
import { act, useReducer } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'
import { ErrorBoundary } from '@/app/ErrorBoundary'

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
afterEach(() => vi.restoreAllMocks())

function Part({ tries }: { tries: number }) {
  if (tries === 0) throw new Error('The screen could not be fetched.')
  return <p>Here it is.</p>
}

function Page() {
  const [tries, again] = useReducer((before: number) => before + 1, 0)
  return (
    <ErrorBoundary onRetry={again}>
      <Part tries={tries} />
    </ErrorBoundary>
  )
}

test('trying again makes the part anew', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const place = document.createElement('div')
  const root = createRoot(place)
  await act(async () => root.render(<Page />))
  expect(place.textContent).toContain('The screen could not be fetched.')
  await act(async () => place.querySelector('button')?.click())
  expect(place.textContent).toBe('Here it is.')
  await act(async () => root.unmount())
})
