import { initial } from '@/ui/Avatar'
import { usePresence } from '@/ui/project'
import { Tooltip } from '@/ui/Tooltip'
import { follow, useFollowedClient } from '../presence'

const SHOWN = 6

/** Who else is in the project; a click follows them. */
export function People() {
  const { others } = usePresence()
  const followed = useFollowedClient()
  return (
    <section className="people" aria-label="People here">
      {others.slice(0, SHOWN).map(({ client, person }) => (
        <Tooltip key={client} label={client === followed ? `Stop following ${person.name}` : `Follow ${person.name}`}>
          <button
            type="button"
            className="avatar"
            aria-pressed={client === followed}
            aria-label={`Follow ${person.name}`}
            style={{ background: person.color }}
            onClick={() => follow(client === followed ? null : client)}
          >
            {initial(person.name)}
          </button>
        </Tooltip>
      ))}
      {others.length > SHOWN && <span className="avatar people-more">+{others.length - SHOWN}</span>}
    </section>
  )
}
