import type { Person } from '@/api/types'

/** A person as a disc with the initial. */
export function Avatar({ person, size = 26 }: { person: Pick<Person, 'name' | 'color'>; size?: number }) {
  return (
    <span
      className="avatar"
      title={person.name}
      style={{ background: person.color, width: size, height: size, fontSize: size < 24 ? 10 : 11 }}
    >
      {initial(person.name)}
    </span>
  )
}

export function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '?'
}
