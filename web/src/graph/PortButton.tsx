/** A port: a circle with the first letter of its name; its tooltip says name and type. */
import { type FocusEvent, type PointerEvent, useState } from 'react'
import { createPortal } from 'react-dom'
import { useCanvas } from './context'
import { type GraphNode, type GraphPort, type PortRef, portKey, type Side } from './model'

export function PortButton({ node, port, side }: { node: GraphNode; port: GraphPort; side: Side }) {
  const { wiring, press, click, edits } = useCanvas()
  const [tip, setTip] = useState<DOMRect | null>(null)
  const ref: PortRef = { node: node.id, side, name: port.name }
  const state = side === 'output' ? 'output' : port.wired ? 'occupied' : 'free'
  const show = (event: PointerEvent | FocusEvent): void => setTip(event.currentTarget.getBoundingClientRect())
  return (
    <>
      <button
        type="button"
        className={`graph-port nodrag nopan ${side === 'output' ? 'source' : 'target'}`}
        style={{ left: port.x }}
        data-port={portKey(ref)}
        data-handleid={`${side}:${port.name}`}
        data-side={side}
        data-state={state}
        data-wired={port.wired}
        data-missing={port.missing}
        data-wiring={wiring === null ? undefined : wiringState(wiring.compatible, wiring.from, ref)}
        aria-label={label(node, port, side, edits !== null)}
        tabIndex={edits === null ? -1 : 0}
        onPointerEnter={show}
        onPointerLeave={() => setTip(null)}
        onFocus={(event) => event.currentTarget.matches(':focus-visible') && show(event)}
        onBlur={() => setTip(null)}
        onPointerDown={(event) => press(ref, event)}
        onClick={(event) => {
          event.stopPropagation()
          setTip(null)
          click(ref)
        }}
      >
        {port.name.slice(0, 1)}
      </button>
      {tip !== null && <PortTip port={port} side={side} at={tip} />}
    </>
  )
}

function wiringState(compatible: ReadonlySet<string>, from: PortRef, ref: PortRef): 'from' | 'fits' | 'no' {
  if (portKey(from) === portKey(ref)) return 'from'
  return compatible.has(portKey(ref)) ? 'fits' : 'no'
}

function label(node: GraphNode, port: GraphPort, side: Side, editable: boolean): string {
  const what = `${side} ${port.name}${port.type === '' ? '' : `: ${port.type}`} of ${node.title}`
  if (port.missing) return `${what}, which does not exist any more`
  if (!editable) return what
  if (side === 'input' && port.wired) return `${what}, connected; press to disconnect`
  return `${what}, press to connect`
}

/** The tooltip of a port, over everything. */
function PortTip({ port, side, at }: { port: GraphPort; side: Side; at: DOMRect }) {
  const style = { left: at.left + at.width / 2, top: side === 'input' ? at.top - 8 : at.bottom + 8 }
  return createPortal(
    <div className="graph-tip" data-side={side} role="tooltip" style={style}>
      <b>{port.name}</b>
      {port.type !== '' && <span>{port.type}</span>}
      {port.missing && <em>does not exist any more</em>}
      {port.doc !== '' && <p>{port.doc}</p>}
    </div>,
    document.body,
  )
}
