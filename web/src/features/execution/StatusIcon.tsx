/** The icon of a status, as in tags: colour is never alone. */
import { Ban, Check, CircleDashed, Clock, LoaderCircle, type LucideIcon, X } from 'lucide-react'
import type { Status } from '@/api/types'

const ICONS: Record<Status, LucideIcon> = {
  pending: CircleDashed,
  queued: Clock,
  running: LoaderCircle,
  success: Check,
  failed: X,
  canceled: Ban,
}

export function StatusIcon({ status }: { status: Status }) {
  const Icon = ICONS[status]
  return <Icon size={13} strokeWidth={2.25} aria-hidden className={status === 'running' ? 'spin' : ''} />
}
