import { Check } from 'lucide-react'
import { useState } from 'react'
import { sentences } from '@/api/errors'
import { useNameSession } from '@/api/queries'
import type { Session } from '@/api/types'
import { Avatar } from '@/ui/Avatar'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'

/** Colours of people: each carries white letters at 4.5:1 or more. */
const COLORS = ['#6a4fc9', '#00796b', '#c2185b', '#9a5b00', '#4a5fa5', '#7b4a86', '#a1523c', '#5d6b34'] as const

const KEY = 'deepforge-person'

/** What was chosen in this browser before, to begin a new session with. */
function remembered(): { name: string; color: string } | null {
  try {
    const { name, color } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as { name?: unknown; color?: unknown }
    const known = COLORS.some((other) => other === color)
    return typeof name === 'string' && known ? { name, color: color as string } : null
  } catch {
    return null
  }
}

/** Asks once for a name and a colour, so that others see who is here; later reached from the account menu. */
export function Welcome({ session, onClose }: { session: Session; onClose?: () => void }) {
  const [before] = useState(remembered)
  const [name, setName] = useState(session.named ? session.person.name : (before?.name ?? ''))
  const [color, setColor] = useState((session.named ? null : before?.color) ?? session.person.color.toLowerCase())
  const save = useNameSession()
  const chosen = name.trim()
  const run = async () => {
    await save.mutateAsync({ name: chosen, color })
    onClose?.()
    // Last: a browser that stores nothing asks again next time, no more.
    localStorage.setItem(KEY, JSON.stringify({ name: chosen, color }))
  }
  const colors = COLORS.some((known) => known === color) ? COLORS : [color, ...COLORS.slice(1)]
  return (
    <Dialog
      title="What should we call you?"
      width={440}
      note="Others who open a project see it."
      {...(onClose && { onClose })}
      actions={[
        {
          label: session.named ? 'Save' : 'Begin',
          primary: true,
          disabled: chosen === '' || save.isPending,
          run: () => void run().catch(() => undefined),
        },
      ]}
    >
      <Field
        label="Name"
        value={name}
        maxLength={60}
        data-autofocus
        autoComplete="name"
        problem={save.error === null ? null : sentences(save.error).message}
        onChange={(event) => setName(event.target.value)}
        aside={<Avatar person={{ name: chosen, color }} />}
      />
      <fieldset className="swatches">
        <legend className="field-label">Colour</legend>
        {colors.map((value) => (
          <label key={value} className="swatch" style={{ background: value }}>
            <input
              type="radio"
              name="color"
              aria-label={value}
              checked={value === color}
              onChange={() => setColor(value)}
            />
            {value === color && <Check aria-hidden />}
          </label>
        ))}
      </fieldset>
    </Dialog>
  )
}
