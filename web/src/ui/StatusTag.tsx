import { Ban, Check, CircleDashed, Clock, Layers2, LoaderCircle, type LucideIcon, Unplug, X } from 'lucide-react'
import type { Status } from '@/api/types'

const ICONS: Record<Status, LucideIcon> = {
  pending: CircleDashed,
  queued: Clock,
  running: LoaderCircle,
  success: Check,
  failed: X,
  canceled: Ban,
}

/** A status as colour, icon and word; cached ones are dashed with a badge. */
export function StatusTag({
  status,
  cached = false,
  outOfContact = false,
}: {
  status: Status
  cached?: boolean
  outOfContact?: boolean
}) {
  const Icon = ICONS[status]
  return (
    <span className={`tag tag-${status} ${cached ? 'tag-cached' : ''}`}>
      <Icon aria-hidden className={status === 'running' ? 'spin' : ''} />
      {cached ? 'cached' : status}
      {cached && <Layers2 aria-hidden />}
      {outOfContact && <Unplug aria-label="out of contact" />}
    </span>
  )
}
