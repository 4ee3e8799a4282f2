export { default } from './ArtifactsScreen'
