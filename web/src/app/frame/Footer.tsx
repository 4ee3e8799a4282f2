import { Popover } from '@mantine/core'
import { Bell, Check, CircleSlash, CloudOff, CloudUpload, RefreshCw, Wifi, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useProjects } from '@/api/queries'
import { recordOf } from '@/document/records'
import type { Connection, Sync } from '@/document/state'
import { assertNever } from '@/lib/assert'
import { Button } from '@/ui/Button'
import { NoticeList } from '@/ui/Notices'
import { dismissAll, useNotices } from '@/ui/notifications'
import { useProjectClient, useProjectState, useSync } from '@/ui/project'
import { useProjectRoute } from '@/ui/route'
import { openPanel } from '../panels'

/** The footer of an open project. Its pills never lie: IN SYNC means that the server has stored everything durably. */
export function ProjectFooter() {
  const { sync, connection, notApplied } = useSync()
  const client = useProjectClient()
  return (
    <footer className="footer">
      <SyncPill sync={sync} connection={connection} />
      {notApplied.length > 0 && (
        <button type="button" className="pill pill-bad" onClick={() => openPanel('not-applied')}>
          <CircleSlash aria-hidden /> NOT APPLIED [{notApplied.length}]
        </button>
      )}
      <NotificationsPill />
      <ConnectionPill connection={connection} onRetry={() => client.retry()} />
      <span className="spacer" />
      <Where />
    </footer>
  )
}

/** The footer outside of projects: there is no live connection, so it says how the last request went. */
export function PlainFooter() {
  const { isError, isSuccess, refetch } = useProjects()
  return (
    <footer className="footer">
      <NotificationsPill />
      {isError && (
        <button type="button" className="pill pill-bad" onClick={() => void refetch()}>
          <WifiOff aria-hidden /> RECONNECTING
        </button>
      )}
      {isSuccess && !isError && (
        <span className="pill pill-ok">
          <Wifi aria-hidden /> CONNECTED
        </span>
      )}
    </footer>
  )
}

function SyncPill({ sync, connection }: { sync: Sync; connection: Connection }) {
  switch (sync.kind) {
    case 'in-sync':
      return (
        <span className="pill pill-ok" role="status">
          <Check aria-hidden /> IN SYNC
        </span>
      )
    case 'saving':
      return (
        <span className="pill pill-info" role="status">
          <CloudUpload aria-hidden /> SAVING
        </span>
      )
    case 'offline':
      if (sync.unsent === 0 && connection.kind !== 'reconnecting') return null
      return (
        <span className="pill pill-warn" role="status">
          <CloudOff aria-hidden /> OFFLINE {sync.unsent > 0 && `${sync.unsent} unsent`}
        </span>
      )
    default:
      return assertNever(sync)
  }
}

/** Why a connection ended, by its code: the server answered, and there is nothing to wait for. */
const ENDED: ReadonlyMap<number, string> = new Map([
  [4401, 'LOGGED OUT'],
  [4403, 'REFUSED'],
  [4404, 'NOT FOUND'],
])

const RECONNECTED_FOR = 4000

function ConnectionPill({ connection, onRetry }: { connection: Connection; onRetry: () => void }) {
  const [fresh, setFresh] = useState(false)
  const again = connection.kind === 'open' && connection.again
  useEffect(() => {
    setFresh(again)
    const timer = setTimeout(() => setFresh(false), RECONNECTED_FOR)
    return () => clearTimeout(timer)
  }, [again])
  switch (connection.kind) {
    case 'open':
      return (
        <span className="pill pill-ok" role="status">
          <Wifi aria-hidden /> {fresh ? 'RECONNECTED' : 'CONNECTED'}
        </span>
      )
    case 'connecting':
      return (
        <span className="pill pill-info" role="status">
          <RefreshCw aria-hidden className="spin" /> CONNECTING
        </span>
      )
    case 'reconnecting':
      return (
        <button type="button" className="pill pill-bad" title="Try now" onClick={onRetry}>
          <RefreshCw aria-hidden className="spin" /> RECONNECTING
        </button>
      )
    case 'ended':
      return (
        <span className="pill pill-bad" role="status" title={connection.reason}>
          <WifiOff aria-hidden /> {ENDED.get(connection.code) ?? 'DISCONNECTED'}
        </span>
      )
    default:
      return assertNever(connection)
  }
}

function NotificationsPill() {
  const count = useNotices((state) => state.notices.length)
  return (
    <Popover
      position="top-start"
      offset={8}
      withinPortal
      zIndex="var(--z-popover)"
      trapFocus
      returnFocus
      classNames={{ dropdown: 'panel' }}
    >
      <Popover.Target>
        <button type="button" className="pill pill-info">
          <Bell aria-hidden /> NOTIFICATIONS [{count}]
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="panel-head">
          <h2>Notifications</h2>
          <span className="spacer" />
          {count > 0 && (
            <Button kind="ghost" size="sm" onClick={dismissAll}>
              Clear all
            </Button>
          )}
        </div>
        <NoticeList />
      </Popover.Dropdown>
    </Popover>
  )
}

/** Which document, at which version, is shown. */
function Where() {
  const { record, screen } = useProjectRoute()
  const { name, version, records, loaded } = useProjectState((state) => state)
  if (!loaded) return null
  const shown = screen === 'pipeline' ? recordOf(records, 'pipeline', record)?.name : undefined
  return (
    <span className="num">
      {shown ?? name} · version {version}
    </span>
  )
}
