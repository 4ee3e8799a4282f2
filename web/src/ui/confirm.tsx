/** Asking before something that cannot be taken back: `if (await confirm({...}))`. The application shows the one dialog. */
import type { ReactNode } from 'react'
import { create } from 'zustand'
import { Dialog } from './Dialog'

export interface Question {
  /** "Delete train?" */
  readonly title: string
  /** What goes with it, and what stays. */
  readonly text: ReactNode
  /** The verb on the button: "Delete". */
  readonly action: string
}

interface Asked extends Question {
  readonly answer: (yes: boolean) => void
}

const useAsked = create<{ asked: Asked | null }>(() => ({ asked: null }))

/** True when the person says yes. A question that is still open is answered with no. */
export function confirm(question: Question): Promise<boolean> {
  useAsked.getState().asked?.answer(false)
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      useAsked.setState({ asked: null })
      resolve(yes)
    }
    useAsked.setState({ asked: { ...question, answer } })
  })
}

/** Shows what is asked; stands once in the application. */
export function ConfirmHost() {
  const asked = useAsked((state) => state.asked)
  if (asked === null) return null
  return (
    <Dialog
      title={asked.title}
      width={460}
      onClose={() => asked.answer(false)}
      actions={[
        { label: 'Cancel', run: () => asked.answer(false) },
        { label: asked.action, run: () => asked.answer(true), primary: true, danger: true },
      ]}
    >
      <p className="t2 dialog-text">{asked.text}</p>
    </Dialog>
  )
}
