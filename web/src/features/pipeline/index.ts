/** The screen of one pipeline. */
export { PipelineScreen as default } from './PipelineScreen'
