/** The application: what is shown for each address. */
export function App() {
  return <main>DeepForge</main>
}
