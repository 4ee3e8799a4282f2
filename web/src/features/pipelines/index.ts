/** The pipelines of a project as cards: its home. */
export { PipelinesScreen as default } from './PipelinesScreen'
