/** Presence on one graph: where the others are, and telling them where one is oneself. */
import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { Visitor } from '@/graph/model'
import { usePresence } from '@/ui/project'

export function useVisitors(screen: string, record: string, selection: readonly string[]) {
  const { others, moveTo } = usePresence()
  const pointer = useRef<readonly [number, number] | null>(null)
  const move = useRef(moveTo)
  useEffect(() => {
    move.current = moveTo
  }, [moveTo])
  const tell = useCallback(() => {
    move.current({
      screen,
      record,
      selection: [...selection],
      pointer: pointer.current === null ? null : [...pointer.current],
    })
  }, [screen, record, selection])
  useEffect(tell, [tell])
  const onPointer = useCallback(
    (at: readonly [number, number] | null) => {
      pointer.current = at
      tell()
    },
    [tell],
  )
  const visitors = useMemo(
    () =>
      others
        .filter(({ place }) => place.screen === screen && place.record === record)
        .map(
          ({ client, person, place }): Visitor => ({
            id: client,
            name: person.name,
            color: person.color,
            selection: place.selection,
            pointer: place.pointer === null ? null : [place.pointer[0] ?? 0, place.pointer[1] ?? 0],
          }),
        ),
    [others, screen, record],
  )
  return { visitors, onPointer }
}
