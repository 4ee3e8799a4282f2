/** Drawing wires: drag from port to port, or click (or press Enter on) one port and then another. */
import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { compatiblePorts } from './compatible'
import type { Wiring } from './context'
import { type Graph, type GraphEdits, type PortRef, portKey } from './model'

/** A press becomes a drag after this many pixels. */
const DRAG = 4
/** A wire snaps to a compatible port this near. */
const SNAP = 28

export interface WiringHands {
  readonly wiring: Wiring | null
  readonly press: (port: PortRef, event: PointerEvent) => void
  readonly click: (port: PortRef) => void
  readonly cancel: () => void
}

export function useWiring(graph: Graph, edits: GraphEdits | null): WiringHands {
  const [wiring, setWiring] = useState<Wiring | null>(null)
  // Handlers that live through a whole drag read the newest graph here.
  const now = useRef({ graph, edits, wiring })
  const dragged = useRef(false)
  useEffect(() => {
    now.current = { graph, edits, wiring }
  })
  const set = useCallback((next: Wiring | null) => {
    now.current = { ...now.current, wiring: next }
    setWiring(next)
  }, [])
  const begin = useCallback(
    (from: PortRef, instead: string | null): void => {
      const { graph: at, edits: hands } = now.current
      if (hands !== null) set({ from, instead, compatible: compatiblePorts(at, from, hands.fits, instead) })
    },
    [set],
  )
  const end = useCallback(
    (to: PortRef | null): void => {
      const { wiring: drawn, edits: hands } = now.current
      set(null)
      if (drawn === null || hands === null || to === null || !drawn.compatible.has(portKey(to))) return
      const [output, input] = drawn.from.side === 'output' ? [drawn.from, to] : [to, drawn.from]
      hands.connect(output, input, drawn.instead)
    },
    [set],
  )
  const press = useCallback(
    (port: PortRef, event: PointerEvent): void => {
      dragged.current = false
      if (event.button !== 0 || now.current.edits === null || now.current.wiring !== null) return
      const start = { x: event.clientX, y: event.clientY }
      const move = (at: globalThis.PointerEvent): void => {
        if (dragged.current || Math.hypot(at.clientX - start.x, at.clientY - start.y) < DRAG) return
        dragged.current = true
        const wire = wireInto(now.current.graph, port)
        if (wire === null) begin(port, null)
        else begin({ node: wire.source, side: 'output', name: wire.output }, wire.id)
      }
      const up = (at: globalThis.PointerEvent): void => {
        window.removeEventListener('pointermove', move)
        window.removeEventListener('pointerup', up)
        if (dragged.current && now.current.wiring !== null) drop(at, now.current, end)
      }
      window.addEventListener('pointermove', move)
      window.addEventListener('pointerup', up)
    },
    [begin, end],
  )
  const click = useCallback(
    (port: PortRef): void => {
      // The click that ends a drag on the same port is no click.
      if (dragged.current) {
        dragged.current = false
        return
      }
      const { wiring: drawn, graph: at, edits: hands } = now.current
      if (hands === null) return
      if (drawn !== null) {
        end(portKey(drawn.from) === portKey(port) ? null : port)
        return
      }
      const wire = wireInto(at, port)
      if (wire === null) begin(port, null)
      else hands.disconnect(wire.id)
    },
    [begin, end],
  )
  const cancel = useCallback(() => set(null), [set])
  return useMemo(() => ({ wiring, press, click, cancel }), [wiring, press, click, cancel])
}

/** The wire that occupies an input. */
function wireInto(graph: Graph, port: PortRef): Graph['wires'][number] | null {
  if (port.side === 'output') return null
  return graph.wires.find((wire) => wire.target === port.node && wire.input === port.name) ?? null
}

/** The end of a drag: on a port, on a node that has one compatible port, or on empty canvas. */
function drop(
  at: globalThis.PointerEvent,
  { wiring, edits }: { wiring: Wiring | null; edits: GraphEdits | null },
  end: (to: PortRef | null) => void,
): void {
  if (wiring === null) return
  const port = nearPort(at, wiring)
  const under = document.elementFromPoint(at.clientX, at.clientY)
  if (port === null && under?.classList.contains('react-flow__pane')) {
    end(null)
    if (wiring.instead === null) edits?.add(wiring.from)
    else edits?.disconnect(wiring.instead)
    return
  }
  end(port)
}

function nearPort(at: { clientX: number; clientY: number }, wiring: Wiring): PortRef | null {
  let best: PortRef | null = null
  let least = SNAP
  for (const element of document.querySelectorAll<HTMLElement>('[data-port][data-wiring="fits"]')) {
    const box = element.getBoundingClientRect()
    const distance = Math.hypot(box.left + box.width / 2 - at.clientX, box.top + box.height / 2 - at.clientY)
    const [node, side, name] = (element.dataset.port ?? '').split(':')
    if (distance >= least || node === undefined || name === undefined) continue
    const port: PortRef = { node, side: side === 'input' ? 'input' : 'output', name }
    if (!wiring.compatible.has(portKey(port))) continue
    least = distance
    best = port
  }
  return best
}
