/** What stands around every screen: header, and in a project the second breadcrumb, the rail of screens, and the footer. */
import type { ReactNode } from 'react'
import type { Person } from '@/api/types'
import { Crumbs } from './Crumbs'
import { PlainFooter, ProjectFooter } from './Footer'
import './frame.css'
import { Header } from './Header'
import { OfflineBanner } from './OfflineBanner'
import { People } from './People'
import { ProjectCrumbs } from './ProjectCrumbs'
import { Rail } from './Rail'

export function Frame({
  project = false,
  followed = null,
  children,
}: {
  project?: boolean
  followed?: Person | null
  children?: ReactNode
}) {
  return (
    <div className={`frame ${project ? 'frame-project' : ''}`}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header crumbs={project && <ProjectCrumbs />} people={project && <People />} />
      {project && <Rail />}
      {project && <Crumbs />}
      <main id="main" className="frame-main" tabIndex={-1}>
        {project && <OfflineBanner />}
        <div className="frame-screen">{children}</div>
        {followed && (
          <div className="followed" style={{ borderColor: followed.color }}>
            <span style={{ background: followed.color }}>Following {followed.name}, Esc ends it</span>
          </div>
        )}
      </main>
      {project ? <ProjectFooter /> : <PlainFooter />}
    </div>
  )
}
