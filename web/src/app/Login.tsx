import { useState } from 'react'
import { sentences } from '@/api/errors'
import { useLogIn } from '@/api/queries'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { navigate } from '@/ui/route'
import { Logo } from './frame/Logo'

/** Asks for the one-time token of the server's start, or for the whole address that it printed. */
export function Login() {
  const [text, setText] = useState(() => new URLSearchParams(window.location.search).get('token') ?? '')
  const logIn = useLogIn()
  const submit = async () => {
    await logIn.mutateAsync(tokenOf(text))
    if (window.location.search.includes('token=')) navigate(window.location.pathname, { replace: true })
  }
  const problem = logIn.error === null ? null : `${sentences(logIn.error).message} ${sentences(logIn.error).hint}`
  return (
    <main className="login dots">
      <form
        className="login-card card"
        onSubmit={(event) => {
          event.preventDefault()
          submit().catch(() => undefined)
        }}
      >
        <Logo />
        <h1>Log in</h1>
        <p className="t2">
          This browser has no session here. Run <code>deepforge start</code>: it prints a fresh address that logs you
          in. Open it, or paste it here.
        </p>
        <Field
          label="Address or token"
          value={text}
          problem={problem}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <Button kind="primary" size="lg" type="submit" disabled={tokenOf(text) === '' || logIn.isPending}>
          Log in
        </Button>
      </form>
    </main>
  )
}

/** The token in what was pasted: a whole address, or the token alone. */
export function tokenOf(text: string): string {
  const trimmed = text.trim()
  if (!URL.canParse(trimmed)) return trimmed
  return new URL(trimmed).searchParams.get('token') ?? ''
}
