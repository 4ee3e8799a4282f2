import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { formatWhen } from '@/lib/format'
import './actions.css'
import { IconButton } from './IconButton'
import { dismiss, hideToast, type Notice, useNotices } from './notifications'
import { Link } from './route'

const ICONS = { info: Info, success: CircleCheck, error: CircleAlert }

function NoticeRow({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const Icon = ICONS[notice.kind]
  return (
    <div className={`notice notice-${notice.kind}`}>
      <Icon aria-label={notice.kind} />
      <div className="notice-body">
        <strong>{notice.path === null ? notice.title : <Link to={notice.path}>{notice.title}</Link>}</strong>
        {notice.text && <p>{notice.text}</p>}
        {!notice.fresh && <p className="xs t3">{formatWhen(notice.time)}</p>}
      </div>
      <IconButton label="Dismiss" onClick={onClose}>
        <X />
      </IconButton>
    </div>
  )
}

/** Fresh notices, for a moment, above the footer. */
export function Toasts() {
  const notices = useNotices((state) => state.notices)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {notices
        .filter(({ fresh }) => fresh)
        .slice(0, 3)
        .map((notice) => (
          <NoticeRow key={notice.id} notice={notice} onClose={() => hideToast(notice.id)} />
        ))}
    </div>
  )
}

/** All notices, newest first. */
export function NoticeList() {
  const notices = useNotices((state) => state.notices)
  return (
    <div className="notice-list">
      {notices.length === 0 ? (
        <p className="t3" style={{ padding: 16 }}>
          Nothing to report.
        </p>
      ) : (
        notices.map((notice) => (
          <NoticeRow key={notice.id} notice={{ ...notice, fresh: false }} onClose={() => dismiss(notice.id)} />
        ))
      )}
    </div>
  )
}
