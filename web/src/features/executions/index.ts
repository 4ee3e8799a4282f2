export { default } from './ExecutionsScreen'
