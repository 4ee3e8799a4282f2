import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '@/ui/Button'
import { useProjectClient, useSync } from '@/ui/project'

/** Shown once a lost connection has not come back for a moment: a short hiccup disturbs nobody. */
export function OfflineBanner() {
  const { connection } = useSync()
  const client = useProjectClient()
  const lost = connection.kind === 'reconnecting'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(lost), lost ? 3000 : 0)
    return () => clearTimeout(timer)
  }, [lost])
  if (!shown || !lost) return null
  return (
    <div className="offline" role="alert">
      <WifiOff aria-hidden />
      <span>
        <b>Offline.</b> Edits are kept and sent later.
      </span>
      <span className="spacer" />
      <Button size="sm" onClick={() => client.retry()}>
        Try now
      </Button>
    </div>
  )
}
