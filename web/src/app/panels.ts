/** Which panel over the page is open: the search, the list of keys, the edits that were not applied, one's own name. */
import { create } from 'zustand'

export type Panel = 'palette' | 'shortcuts' | 'not-applied' | 'person'

export const usePanel = create<{ panel: Panel | null }>(() => ({ panel: null }))

export function openPanel(panel: Panel | null): void {
  usePanel.setState({ panel })
}
