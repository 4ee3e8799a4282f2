/** The list of projects, and making new ones. */
export { ProjectsScreen as default } from './ProjectsScreen'
