import { Keyboard, LogOut, Moon, Search, Sun, SunMoon, UserPen } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLogOut, useSession } from '@/api/queries'
import { Avatar } from '@/ui/Avatar'
import { Menu } from '@/ui/Menu'
import { attempt } from '@/ui/notifications'
import { Link } from '@/ui/route'
import { setTheme, useResolvedTheme, useTheme } from '@/ui/theme'
import { openPanel, usePanel } from '../panels'
import { Welcome } from '../Welcome'
import { Logo } from './Logo'

export function Header({ crumbs, people }: { crumbs: ReactNode; people: ReactNode }) {
  return (
    <header className="header">
      <Link to="/" aria-label="deepforge: all projects" className="header-home">
        <Logo />
      </Link>
      {crumbs}
      <span className="spacer" />
      {people}
      <button
        type="button"
        className="header-search"
        aria-keyshortcuts="Control+K"
        onClick={() => openPanel('palette')}
      >
        <Search aria-hidden />
        <span className="spacer">Search</span>
        <kbd>Ctrl K</kbd>
      </button>
      <ThemeSwitch />
      <Account />
    </header>
  )
}

function ThemeSwitch() {
  const theme = useTheme((state) => state.theme)
  const dark = useResolvedTheme() === 'dark'
  return (
    <Menu
      position="bottom-end"
      entries={[
        { label: 'Light', icon: <Sun />, checked: theme === 'light', run: () => setTheme('light') },
        { label: 'Dark', icon: <Moon />, checked: theme === 'dark', run: () => setTheme('dark') },
        { label: "The system's", icon: <SunMoon />, checked: theme === 'system', run: () => setTheme('system') },
      ]}
    >
      <button type="button" className="header-button" aria-label={`Theme: ${theme}`} title="Theme">
        {dark ? <Moon aria-hidden /> : <SunMoon aria-hidden />}
      </button>
    </Menu>
  )
}

function Account() {
  const { data: session } = useSession()
  const logOut = useLogOut()
  const naming = usePanel((state) => state.panel === 'person')
  if (session === undefined) return null
  return (
    <>
      <Menu
        position="bottom-end"
        entries={[
          { heading: session.named ? session.person.name : 'You' },
          { label: 'Name and colour…', icon: <UserPen />, run: () => openPanel('person') },
          { label: 'Keyboard shortcuts', icon: <Keyboard />, keys: '?', run: () => openPanel('shortcuts') },
          'line',
          { label: 'Log out', icon: <LogOut />, run: () => void attempt('Not logged out', () => logOut.mutateAsync()) },
          { heading: `DeepForge ${session.version}` },
        ]}
      >
        <button type="button" className="header-account" aria-label={`Account of ${session.person.name}`}>
          <Avatar person={session.person} size={28} />
        </button>
      </Menu>
      {naming && <Welcome session={session} onClose={() => openPanel(null)} />}
    </>
  )
}
