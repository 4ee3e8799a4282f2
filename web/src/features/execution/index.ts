/** The screen of one execution. */
export { default } from './ExecutionScreen'
