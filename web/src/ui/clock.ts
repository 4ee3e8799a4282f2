import { useEffect, useState } from 'react'

const TICK = 250

/** The time, a few times a second while `running`, for durations that tick. */
export function useNow(running: boolean): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(new Date()), TICK)
    return () => clearInterval(timer)
  }, [running])
  return now
}
