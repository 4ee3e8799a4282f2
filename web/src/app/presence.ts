/** Where one is (told to the others), and following somebody: the page goes where they go. */
import { useEffect } from 'react'
import { create } from 'zustand'
import type { PeopleHere, Person } from '@/api/types'
import type { ClientId } from '@/lib/ids'
import { formatRoute, SCREENS } from '@/lib/router'
import { usePresence } from '@/ui/project'
import { navigate, router, useProjectRoute } from '@/ui/route'

const useFollowed = create<{ client: ClientId | null }>(() => ({ client: null }))

/** Follow a tab of somebody, or stop with null. */
export function follow(client: ClientId | null): void {
  useFollowed.setState({ client })
}

export function useFollowedClient(): ClientId | null {
  return useFollowed((state) => state.client)
}

/** Tells the others where one is whenever the route changes; canvases add the pointer. */
export function useOwnPlace(): void {
  const { moveTo } = usePresence()
  const { screen, record, selection } = useProjectRoute()
  const selected = selection.join(',')
  useEffect(() => {
    moveTo({ screen, record, selection: selected === '' ? [] : selected.split(','), pointer: null })
  }, [moveTo, screen, record, selected])
}

/** Goes where the followed person goes; gives who that is, for the frame in their colour. */
export function useFollowing(): Person | null {
  const client = useFollowedClient()
  const { others } = usePresence()
  const here = others.find((other) => other.client === client)
  useEffect(() => {
    if (here !== undefined) goWith(here)
  }, [here])
  useEffect(() => {
    const stop = (event: KeyboardEvent) => {
      const elsewhere = event.target instanceof Element && event.target.closest('[role="dialog"], input, textarea')
      if (event.key === 'Escape' && !elsewhere) follow(null)
    }
    // On the way down: an open tooltip keeps the key to itself.
    window.addEventListener('keydown', stop, true)
    return () => {
      window.removeEventListener('keydown', stop, true)
      follow(null)
    }
  }, [])
  return here?.person ?? null
}

function goWith({ place }: PeopleHere): void {
  const { route } = router
  const screen = SCREENS.find((name) => name === place.screen)
  if (route.page !== 'project' || screen === undefined) return
  if (route.screen === screen && route.record === place.record) return
  navigate(formatRoute({ ...route, screen, record: place.record, selection: [], query: {} }))
}
