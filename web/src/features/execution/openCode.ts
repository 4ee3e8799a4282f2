import { goTo, setQuery } from '@/ui/route'

/** The job's code at the line of the cause. */
export function openCode(job: string, file: string, line: number | null): void {
  goTo('job', job)
  setQuery({ tab: 'code', file, line: line === null ? null : String(line) })
}
