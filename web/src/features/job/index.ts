export { default } from './JobScreen'
